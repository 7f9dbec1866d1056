"""Compiled loops over the two sides of a hypergraph: moves of vertices, those first that save most."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.compiler.partition.kernels.queue import empty, insert, no_queue, remove, rise, sink
from neurohw.jit import inlined, kernel, leaf


class Sides(NamedTuple):
    """The side of each vertex, and what each side holds; changed in place."""

    of_vertex: np.ndarray  # int8 [n_vertices], 0 or 1
    columns: np.ndarray  # int64 [2]
    n_pins: np.ndarray  # int32 [n_nets, 2]
    pin_sum: np.ndarray  # int64 [n_nets, 2], of the numbers of these pins: the pin itself where there is one
    gain: np.ndarray  # int64 [n_vertices], what going to the other side saves


@kernel
def _sides(graph, of_vertex):
    """Return what the sides of the vertices hold, and the gains."""
    n_vertices, n_nets = graph.columns.size, graph.weight.size
    sides = Sides(
        of_vertex,
        np.zeros(2, np.int64),
        np.zeros((n_nets, 2), np.int32),
        np.zeros((n_nets, 2), np.int64),
        np.zeros(n_vertices, np.int64),
    )
    for vertex in range(n_vertices):
        side = of_vertex[vertex]
        sides.columns[side] += graph.columns[vertex]
        for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
            sides.n_pins[graph.rows[i], side] += 1
            sides.pin_sum[graph.rows[i], side] += vertex
    for vertex in range(n_vertices):
        side = of_vertex[vertex]
        for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
            net = graph.rows[i]
            leaves, comes_first = sides.n_pins[net, side] == 1, sides.n_pins[net, 1 - side] == 0
            sides.gain[vertex] += graph.weight[net] * (np.int64(leaves) - np.int64(comes_first))
    return sides


@inlined
def _change(sides, queues, vertex, amount):
    """Change a gain and, where the vertex may still move, its place in the queue."""
    sides.gain[vertex] += amount
    queue = queues[sides.of_vertex[vertex]]
    if queue.place[vertex] < 0:
        return
    if amount > 0:
        rise(queue, sides.gain, queue.place[vertex])
    else:
        sink(queue, sides.gain, queue.place[vertex])


@leaf
def _change_others(graph, sides, queues, vertex, net, amount):
    for i in range(graph.pins_begin[net], graph.pins_begin[net + 1]):
        if graph.pins[i] != vertex:
            _change(sides, queues, graph.pins[i], amount)


@leaf
def _move(graph, sides, queues, vertex):
    """Bring a vertex to the other side, and the gains of all others up to date."""
    side = sides.of_vertex[vertex]
    other = 1 - side
    for i in range(graph.rows_begin[vertex], graph.rows_begin[vertex + 1]):
        net = graph.rows[i]
        weight = graph.weight[net]
        if sides.n_pins[net, other] == 0:
            _change_others(graph, sides, queues, vertex, net, weight)
        elif sides.n_pins[net, other] == 1:
            _change(sides, queues, sides.pin_sum[net, other], -weight)
        sides.n_pins[net, side] -= 1
        sides.n_pins[net, other] += 1
        sides.pin_sum[net, side] -= vertex
        sides.pin_sum[net, other] += vertex
        if sides.n_pins[net, side] == 0:
            _change_others(graph, sides, queues, vertex, net, -weight)
        elif sides.n_pins[net, side] == 1:
            _change(sides, queues, sides.pin_sum[net, side], weight)
    sides.gain[vertex] = -sides.gain[vertex]
    sides.of_vertex[vertex] = other
    sides.columns[side] -= graph.columns[vertex]
    sides.columns[other] += graph.columns[vertex]


@inlined
def _over(sides, most):
    return max(0, sides.columns[0] - most[0]) + max(0, sides.columns[1] - most[1])


@leaf
def _next(graph, sides, queues, most, spare):
    """Take the vertex to move from its queue and return it, or -1; those that find no room leave the queue, too."""
    while True:
        best = -1
        for side in range(2):
            other_must = sides.columns[1 - side] > most[1 - side] and sides.columns[side] <= most[side]
            if queues[side].size[0] == 0 or other_must:
                continue
            vertex = queues[side].vertices[0]
            if best < 0 or sides.gain[vertex] > sides.gain[best]:
                best = vertex
        if best < 0:
            return best
        side = sides.of_vertex[best]
        remove(queues[side], sides.gain, best)
        needed = sides.columns[1 - side] + graph.columns[best]
        if sides.columns[side] > most[side] or needed <= most[1 - side] + spare:
            return best


@kernel
def improve_sides(graph, side_of_vertex, most, n_passes, n_fruitless):
    """Move each vertex at most once a pass, and undo what came after the best state.

    Fiduccia and Mattheyses 1982 (doi:10.1109/DAC.1982.1585498). On the way a side may hold one vertex too many, so
    that full sides can exchange vertices.

    Parameters
    ----------
    graph : without sources of nets: what sends a net is one of its pins.
    side_of_vertex : int8 [n_vertices], changed in place.
    most : int64 [2], columns of each side. What is above goes first, whatever it costs.
    n_fruitless : moves in a row that lead to no better state.

    Returns
    -------
    over : columns above the limits that are left.
    cut : weight of the nets with pins on both sides.
    """
    n_vertices, spare = graph.columns.size, graph.columns.max()
    sides = _sides(graph, side_of_vertex)
    queues = (no_queue(n_vertices), no_queue(n_vertices))
    moved = np.empty(n_vertices, np.int32)
    for _ in range(n_passes):
        for vertex in range(n_vertices):
            insert(queues[side_of_vertex[vertex]], sides.gain, vertex)
        least_over, saved, most_saved, n_moved, n_best = _over(sides, most), 0, 0, 0, 0
        while n_moved - n_best <= n_fruitless or least_over > 0:
            vertex = _next(graph, sides, queues, most, spare)
            if vertex < 0:
                break
            saved += sides.gain[vertex]
            _move(graph, sides, queues, vertex)
            moved[n_moved] = vertex
            n_moved += 1
            over = _over(sides, most)
            if over < least_over or (over == least_over and saved > most_saved):
                least_over, most_saved, n_best = over, saved, n_moved
        empty(queues[0])
        empty(queues[1])
        for i in range(n_moved - 1, n_best - 1, -1):
            _move(graph, sides, queues, moved[i])
        if n_best == 0:
            break
    cut = np.int64(0)
    for net in range(graph.weight.size):
        if sides.n_pins[net, 0] > 0 and sides.n_pins[net, 1] > 0:
            cut += graph.weight[net]
    return _over(sides, most), cut

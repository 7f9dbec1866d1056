"""Compiled priority queues of vertices whose priorities change: binary heaps that know where each vertex is."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from neurohw.jit import kernel, leaf


class Queue(NamedTuple):
    """Vertices, the one that gains most first; changed in place."""

    vertices: np.ndarray  # int32 [n_vertices], a heap
    place: np.ndarray  # int32 [n_vertices], where each is in the heap; -1: it is not
    size: np.ndarray  # int64 [1]


@kernel
def no_queue(n_vertices):
    """Return an empty queue."""
    place = np.full(n_vertices, -1, np.int32)
    return Queue(np.empty(n_vertices, np.int32), place, np.zeros(1, np.int64))


@leaf
def rise(queue, gain, at):
    """Bring the vertex in a place, whose gain has grown, forward."""
    vertices, place = queue.vertices, queue.place
    vertex = vertices[at]
    while at > 0:
        above = (at - 1) // 2
        if gain[vertices[above]] >= gain[vertex]:
            break
        vertices[at] = vertices[above]
        place[vertices[at]] = at
        at = above
    vertices[at] = vertex
    place[vertex] = at


@leaf
def sink(queue, gain, at):
    """Bring the vertex in a place, whose gain has fallen, backward."""
    vertices, place, size = queue.vertices, queue.place, queue.size[0]
    vertex = vertices[at]
    while 2 * at + 1 < size:
        below = 2 * at + 1
        if below + 1 < size and gain[vertices[below + 1]] > gain[vertices[below]]:
            below += 1
        if gain[vertices[below]] <= gain[vertex]:
            break
        vertices[at] = vertices[below]
        place[vertices[at]] = at
        at = below
    vertices[at] = vertex
    place[vertex] = at


@leaf
def insert(queue, gain, vertex):
    """Add a vertex that is not in the queue."""
    at = queue.size[0]
    queue.vertices[at] = vertex
    queue.size[0] = at + 1
    rise(queue, gain, at)


@leaf
def remove(queue, gain, vertex):
    """Take a vertex of the queue out of it."""
    at, last = queue.place[vertex], queue.size[0] - 1
    queue.size[0] = last
    queue.place[vertex] = -1
    if at == last:
        return
    replacement = queue.vertices[last]
    queue.vertices[at] = replacement
    sink(queue, gain, at)
    rise(queue, gain, queue.place[replacement])


@leaf
def empty(queue):
    """Take all vertices out of the queue."""
    queue.size[0] = 0
    queue.place[:] = -1

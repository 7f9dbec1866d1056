"""The max-plus matrix of a dataflow graph: when the tokens of one iteration are there, given those of the one before.

Entry (i, j) is the least time between initial token j and its successor i after one iteration, minus infinity where i
does not depend on j; the largest eigenvalue is the time that an iteration takes in the long run. The matrix comes from
one iteration fired with symbolic times (Geilen and Stuijk, CODES+ISSS 2010, p. 125), its eigenvalue
from Karp's theorem (Discrete Math. 23:309 (1978), doi:10.1016/0012-365X(78)90011-0).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fractions import Fraction
from math import inf

import numpy as np

from neurohw.dataflow.components import component_of_node
from neurohw.dataflow.deadlock import check_live
from neurohw.dataflow.firings import expand
from neurohw.dataflow.graph import Graph
from neurohw.dataflow.iteration import one_iteration, ports_of
from neurohw.errors import GraphError

Array = np.ndarray

MAX_TOKENS = 1_000  # initial tokens; the matrix has the square of that


@dataclass(frozen=True, eq=False)
class TokenMatrix:
    """Least times from token to token over one iteration."""

    ticks: Array  # object [n_tokens, n_tokens] of int, or -inf; row: after, column: before the iteration
    ticks_per_unit: int  # ticks in a time unit of the graph
    channel_of_token: tuple[
        int, ...
    ]  # number of the channel that holds each token, the first to be taken first


def token_matrix(graph: Graph) -> TokenMatrix:
    """Return the matrix of a graph.

    Raises
    ------
    GraphError
        As of :func:`neurohw.dataflow.throughput.throughput`, and for a graph with more than ``MAX_TOKENS`` initial
        tokens.
    """
    firings = expand(graph)
    check_live(firings)
    n_tokens = sum(channel.tokens for channel in graph.channels)
    if n_tokens > MAX_TOKENS:
        raise GraphError(
            f"graph {graph.name!r}: {n_tokens:,} initial tokens; the matrix form takes at most {MAX_TOKENS:,}"
        )
    ports = ports_of(graph)
    queues = _initial(graph, n_tokens)
    for actor in one_iteration(graph):
        start = np.full(n_tokens, -inf, dtype=object)
        for channel, consumption in ports.inputs[actor]:
            for _ in range(consumption):
                start = np.maximum(start, queues[channel].popleft())
        end = start + firings.ticks[actor]
        for channel, production in ports.outputs[actor]:
            queues[channel].extend([end] * production)
    rows = [token for queue in queues for token in queue]
    owners = tuple(number for number, channel in enumerate(graph.channels) for _ in range(channel.tokens))
    matrix = np.array(rows, dtype=object).reshape(n_tokens, n_tokens)
    return TokenMatrix(matrix, firings.ticks_per_unit, owners)


def eigenvalue(matrix: TokenMatrix) -> Fraction:
    """Return the largest eigenvalue, in time units per iteration; 0 where no token depends on itself."""
    afters, befores = np.nonzero(matrix.ticks != -inf)
    if not afters.size:
        return Fraction(0)
    labels = np.array(component_of_node(len(matrix.ticks), befores.tolist(), afters.tolist()))
    means = (_maximum_cycle_mean(matrix.ticks[np.ix_(members, members)]) for members in _members(labels))
    return max(means) / matrix.ticks_per_unit


def _initial(graph: Graph, n_tokens: int) -> list[deque[Array]]:
    """Return the tokens of each channel: token j is there at time 0 after token j, and depends on no other."""
    identity = np.full((n_tokens, n_tokens), -inf, dtype=object)
    np.fill_diagonal(identity, 0)
    tokens = iter(identity)
    return [deque(next(tokens) for _ in range(channel.tokens)) for channel in graph.channels]


def _members(labels: Array) -> list[Array]:
    return [np.flatnonzero(labels == label) for label in range(labels.max() + 1)]


def _maximum_cycle_mean(matrix: Array) -> Fraction:
    """Return the maximum cycle mean of a strongly connected part, 0 for one without a cycle.

    ``walks[k][v]`` is the largest weight of a walk of k edges from node 0 to v; by Karp's theorem the mean is the
    maximum over v of the minimum over k < n of ``(walks[n][v] - walks[k][v]) / (n - k)``.
    """
    n = len(matrix)
    walk = np.full(n, -inf, dtype=object)
    walk[0] = 0
    walks = [walk]
    for _ in range(n):
        walks.append((matrix + walks[-1]).max(axis=1))
    return max(
        (_least_slope(walks, node) for node in range(n) if walks[n][node] != -inf), default=Fraction(0)
    )


def _least_slope(walks: list[Array], node: int) -> Fraction:
    n = len(walks) - 1
    return min(Fraction(walks[n][node] - walks[k][node], n - k) for k in range(n) if walks[k][node] != -inf)

"""An application that is ready to be admitted: all that takes long is done before it comes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from numbers import Rational

from neurohw.dataflow.graph import Graph
from neurohw.dataflow.orders import buffers_of, single_tile_order
from neurohw.dataflow.resources import NOTHING, Demand
from neurohw.errors import SettingError


@dataclass(frozen=True)
class Application:
    """A graph with an order of its firings for a single tile, and what it asks for."""

    name: str
    graph: Graph  # execution times are the longest that are possible
    order: tuple[str, ...]  # of the firings of an iteration on a single tile
    capacity_of_channel: dict[str, int]
    period: Fraction | None = None  # time units per iteration, at most; None: any
    demand: Demand = NOTHING


def prepare(
    graph: Graph,
    name: str | None = None,
    *,
    period: Fraction | None = None,
    order: Sequence[str] | None = None,
    demand: Demand = NOTHING,
) -> Application:
    """Prepare a graph for admission.

    Parameters
    ----------
    name : by default that of the graph.
    period : time units per iteration that it may take at most.
    order : of the firings of an iteration on a single tile, by default one that is found.
    demand : memory that it takes.

    Raises
    ------
    GraphError
        For a graph that is not consistent, whose iteration has too many firings, or (``DataflowDeadlockError``) that
        deadlocks.
    MappingError
        For an order that cannot be fired.
    SettingError
        For a period that is not above 0 or not exact.
    """
    if period is not None and not (isinstance(period, Rational) and period > 0):
        raise SettingError(
            f"application {name or graph.name!r}: its period {period} must be above 0, and whole or a Fraction"
        )
    fired = single_tile_order(graph) if order is None else tuple(order)
    return Application(name or graph.name, graph, fired, buffers_of(graph, fired), period, demand)

"""The compiler's pipeline: verify, partition, place, route, quantize, with a check after each step."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from math import inf
from os import PathLike
from time import perf_counter
from typing import Any, TypeVar

import numpy as np

from neurohw.compiler.check import check_clusters, check_placement, check_routes
from neurohw.compiler.features import refuse_missing
from neurohw.compiler.incoming import Incoming, incoming, tiles_reached
from neurohw.compiler.limits import network_excess, placement_excess, refuse_excess
from neurohw.compiler.names import cell_name
from neurohw.compiler.partition import PARTITIONERS, Partitioner
from neurohw.compiler.partitioning import partition_network
from neurohw.compiler.place import OBJECTIVES, PLACERS, Placer
from neurohw.compiler.placement import place_clusters
from neurohw.compiler.quantize import QUANTIZERS
from neurohw.compiler.route import ROUTERS, Router
from neurohw.compiler.settings import check_name
from neurohw.compiler.unrolling import unroll_network
from neurohw.errors import SettingError, UnknownNameError
from neurohw.hardware import Chip, load_chip
from neurohw.network import Network, verify
from neurohw.program import Clusters, Placement, Program, Routes
from neurohw.wording import counted
from neurohw.workload.spikes import whole_spikes

logger = logging.getLogger("neurohw")

Array = np.ndarray
T = TypeVar("T")
Observer = Callable[[str, float, Any], None]


def compile_network(
    network: Network,
    chip: Chip | str | PathLike[str] | None = None,
    *,
    partitioner: str | Partitioner = "sequential",
    placer: str | Placer = "snake",
    router: str | Router = "shortest",
    merge_columns: bool = False,
    unroll: bool = False,
    quantize: str | None = None,
    strict: bool = True,
    spikes: Array | None = None,
    objective: str = "hops",
    seconds: float = 5.0,
    partition_seconds: float = inf,
    seed: int = 0,
    observe: Observer | None = None,
) -> Program:
    """Map a network onto a chip.

    Parameters
    ----------
    network : what to run; it is not changed.
    chip : a chip, the name of a preset or the path of a TOML file. None: the program holds the network alone.
    partitioner, placer, router : names of algorithms, keys of ``PARTITIONERS``, ``PLACERS`` and ``ROUTERS``, or
        functions as these tables hold them; what they return is checked.
    merge_columns : let a neuron with more presynaptic cells than a crossbar has rows take a column in several
        crossbars of its tile.
    unroll : put chains of relay neurons before such a neuron, which changes what the network computes
        (:mod:`neurohw.compiler.unrolling`); the program's network has the relays behind its own cells.
    quantize : ``"nearest"`` or ``"stochastic"``: round weights to what a crossbar cell can hold; ``"exact"``: refuse
        weights that it cannot hold; None keeps them.
    strict : refuse a network with synapse models that the chip lacks, or beyond its ``Limits``; False maps it as if
        they were there.
    spikes : int [n_cells], how often each cell fires, as far as known: algorithms that weigh traffic go by it. By
        default all fire equally often.
    objective : what placers lower, a key of ``OBJECTIVES``: ``"hops"``, ``"energy"`` or ``"latency"`` of all packets,
        or ``"max_link_load"``.
    seconds : the longest that a placer that searches may take.
    partition_seconds : after which a partitioner that improves what it has stops; without a limit, equal seeds give
        equal partitions on any machine.
    seed : seed of the stochastic rounding, and of algorithms that search at random.
    observe : called as ``observe(step, seconds, value)`` with what each step returned; the steps are
        ``"verify"``, ``"partition"``, ``"place"``, ``"route"`` and, where asked for, ``"unroll"`` and ``"quantize"``.

    Raises
    ------
    NetworkError
        For a network that is not sound.
    UnsupportedError
        For a synapse model that the chip lacks, where ``strict``; for synapses that ``unroll`` cannot replace.
    CapacityError
        For a network that does not fit the chip: its size; where ``strict`` a limit of its neurons, tables or
        delays; with ``quantize="exact"`` a weight.
    UnknownNameError
        For an unknown chip, algorithm or objective.
    SettingError
        For ``quantize`` or ``unroll`` without a chip, and ``unroll`` with ``merge_columns``; for an algorithm or
        objective of a wrong type; for spikes, seconds or a seed that cannot be.
    MappingError
        When an algorithm returns a mapping that breaks the chip's limits.
    """
    group = _algorithm("partitioner", partitioner, PARTITIONERS)
    arrange = _algorithm("placer", placer, PLACERS)
    route = _algorithm("router", router, ROUTERS)
    check_name("objective", objective, OBJECTIVES)
    if quantize is not None:
        check_name("quantizer", quantize, QUANTIZERS)
    _check_options(chip is not None, quantize, unroll, merge_columns)
    _timed(observe, "verify", verify, network)
    if chip is None:
        return Program(network)
    on = load_chip(chip)
    if unroll:
        network, spikes = _timed(observe, "unroll", _unrolled, network, on, spikes)
    if strict:
        refuse_missing(network, on)
        refuse_excess(network_excess(network, on))
    inputs = incoming(network)
    if spikes is not None:
        spikes = _checked_spikes(spikes, network)
    options: dict[str, Any] = {"spikes": spikes, "seed": seed}
    limited = options | {"seconds": partition_seconds}
    clusters = _timed(observe, "partition", _partition, network, inputs, on, group, merge_columns, limited)
    options |= {"seconds": seconds, "objective": objective}
    placement = _timed(observe, "place", _place, network, inputs, clusters, on, arrange, options)
    routes = _timed(observe, "route", _route, route, network, placement, on, strict)
    if quantize is not None:
        network = _timed(observe, "quantize", QUANTIZERS[quantize], network, clusters, on, seed)
    return Program(network, on, clusters, placement, routes)


def _check_options(has_chip: bool, quantize: str | None, unroll: bool, merge_columns: bool) -> None:
    if quantize is not None and not has_chip:
        raise SettingError(
            f"quantize = {quantize!r} needs a chip: its crossbars say how many bits a weight has"
        )
    if unroll and (merge_columns or not has_chip):
        raise SettingError(
            "unroll = True needs a chip, and merge_columns = False: either relays or merged columns"
        )


def _unrolled(network: Network, chip: Chip, spikes: Array | None) -> tuple[Network, Array | None]:
    """Return the network with relays before neurons with too many inputs, and the spikes of all its cells."""
    count = None if spikes is None else _checked_spikes(spikes, network)
    unrolled = unroll_network(network, chip.crossbar.rows)
    if not unrolled.n_relays:
        return network, count
    logger.warning(
        "unrolled: %s before %s with more than %s; results change, because spikes that reach a relay together become "
        "one, of the mean weight",
        counted(unrolled.n_relays, "relay"),
        counted(unrolled.n_unrolled, "neuron"),
        counted(chip.crossbar.rows, "input"),
    )
    return unrolled.network, None if count is None else unrolled.spikes(count)


def _checked_spikes(spikes: Array, network: Network) -> Array:
    if np.shape(spikes) != (network.n_cells,):
        raise SettingError(
            f"spikes: shape {np.shape(spikes)}, expected ({network.n_cells},): how often each cell fires"
        )
    return whole_spikes(spikes, partial(cell_name, network))


def _partition(
    network: Network,
    inputs: Incoming,
    chip: Chip,
    partitioner: Partitioner,
    merge_columns: bool,
    options: dict[str, Any],
) -> Clusters:
    clusters = partition_network(network, inputs, chip, partitioner, merge_columns, **options)
    check_clusters(network, inputs, chip, clusters)
    return clusters


def _place(
    network: Network,
    inputs: Incoming,
    clusters: Clusters,
    chip: Chip,
    placer: Placer,
    options: dict[str, Any],
) -> Placement:
    placement = place_clusters(network, inputs, clusters, chip, placer, **options)
    check_placement(clusters, chip, placement)
    return placement


def _route(algorithm: Router, network: Network, placement: Placement, chip: Chip, strict: bool) -> Routes:
    reach = tiles_reached(network, placement, chip.n_tiles)
    if strict:
        refuse_excess(placement_excess(network, placement, reach, chip))
    routes = algorithm(placement, reach, chip)
    check_routes(placement, reach, routes)
    return routes


def _algorithm(what: str, name: str | T, table: Mapping[str, T]) -> T:
    if callable(name):
        return name
    if not isinstance(name, str):
        raise SettingError(f"{what} = {name!r} must be a name: {', '.join(sorted(table))}; or a function")
    if name not in table:
        raise UnknownNameError.of(what, name, table)
    return table[name]


def _timed(observe: Observer | None, step: str, function: Callable[..., T], *arguments: Any) -> T:
    start = perf_counter()
    value = function(*arguments)
    if observe is not None:
        observe(step, perf_counter() - start, value)
    return value

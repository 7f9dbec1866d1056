"""What limits the throughput of a mapped network, in terms of populations and tiles."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from neurohw.compiler.schedule.mapped import INPUT, cluster_name, mapping_of
from neurohw.dataflow import Certificate, Wait
from neurohw.program import Program


def explain(program: Program, certificate: Certificate) -> list[str]:
    """Return the critical cycle as sentences: each names a cluster or connection and what it waits for.

    Parameters
    ----------
    program : that the certificate is of.

    Raises
    ------
    MappingError
        For a program without a chip.
    """
    names = _names(program)
    between = {channel.name: (channel.source, channel.target) for channel in certificate.graph.channels}
    ways = {name: f"the connection from {names[a]} to {names[b]}" for name, (a, b) in between.items()}
    senders = {name: names[source] for name, (source, _) in between.items()}
    waits = certificate.critical
    return [
        _sentence(wait, waits[step - 1].who, {**ways, **names}, senders) for step, wait in enumerate(waits)
    ]


def _sentence(wait: Wait, before: str, names: Mapping[str, str], senders: Mapping[str, str]) -> str:
    if wait.kind == "tokens":
        return f"{names[wait.who]} waits for packets from {senders[wait.of]}"
    reasons = {
        "turn": f"waits for its turn on {wait.of}, after {names[before]}",
        "room": f"waits for room in a buffer, which {names[before]} frees",
        "connection": "sends one packet after the other",
    }
    return f"{names[wait.who]} {reasons[wait.kind]}"


def _names(program: Program) -> dict[str, str]:
    """Return for each actor its cluster, the cells of each population in it, and its tile."""
    _, clusters, placement = mapping_of(program)
    names = {INPUT: "the input"}
    for cluster, tile in enumerate(placement.tile_of_cluster.tolist()):
        cells = np.flatnonzero(clusters.cluster_of_cell == cluster)
        names[cluster_name(cluster)] = f"cluster {cluster} ({_cells(program, cells)}) on tile {tile}"
    return names


def _cells(program: Program, cells: np.ndarray) -> str:
    parts = []
    for population in program.network.populations:
        own = cells[(cells >= population.first) & (cells < population.first + population.size)]
        own = own - population.first
        if own.size and own[-1] - own[0] == own.size - 1:
            parts.append(
                f"{population.name} {own[0]}-{own[-1]}" if own.size > 1 else f"{population.name} {own[0]}"
            )
        elif own.size:
            parts.append(f"{own.size} of {population.name}")
    return ", ".join(parts)

"""What a certificate takes as given, checked against a graph and a platform: times of actors and of tokens.

The schedule itself is checked by :func:`neurohw.dataflow.certificate_problems`, for the graph and times that the
certificate names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from neurohw.dataflow.certificate_check import transit_problems
from neurohw.dataflow.graph import Actor, Channel, Graph
from neurohw.dataflow.guarantee import Certificate
from neurohw.dataflow.platform import Platform

Parts = Iterable[Actor] | Iterable[Channel]


def graph_problems(certificate: Certificate, graph: Graph) -> list[str]:
    """Return how the graph of a certificate differs from another in actors, times, channels, rates or tokens."""
    return [
        *_unlike("actor", certificate.graph.actors, graph.actors),
        *_unlike("channel", certificate.graph.channels, graph.channels),
    ]


def platform_problems(certificate: Certificate, platform: Platform) -> list[str]:
    """Return where a platform lacks a tile or way of a certificate, or may be slower there than it says.

    Other connections on the platform than the certificate's own are not counted: see :func:`transit_problems`.
    """
    known = {tile.name for tile in platform.tiles}
    problems = [
        f"platform {platform.name!r} has no tile {tile!r}" for tile in certificate.orders if tile not in known
    ]
    problems += [
        f"platform {platform.name!r} has no connection from {pair[0]!r} to {pair[1]!r}"
        for pair in dict.fromkeys(certificate.pairs())
        if pair not in platform.delay
    ]
    if problems:
        return problems
    delay = {pair: delay + platform.time_per_token for pair, delay in platform.delay.items()}
    link_time = {name: link.time for name, link in platform.links.items()}
    return transit_problems([certificate], delay, platform.routes, link_time)


def _unlike(what: str, theirs: Parts, ours: Parts) -> list[str]:
    said, wanted = ({part.name: part for part in parts} for parts in (theirs, ours))
    both = [(f"{what} {name!r}", said[name], wanted[name]) for name in wanted if name in said]
    return [
        *(f"{what} {name!r} is not in the certificate" for name in wanted if name not in said),
        *(f"{what} {name!r} is in the certificate alone" for name in said if name not in wanted),
        *(problem for pair in both for problem in _differences(*pair)),
    ]


def _differences(where: str, said: Actor | Channel, wanted: Actor | Channel) -> list[str]:
    pairs = ((item.name, getattr(said, item.name), getattr(wanted, item.name)) for item in fields(wanted))
    return [
        f"{where}: {name} = {ours}, the certificate says {theirs}"
        for name, theirs, ours in pairs
        if theirs != ours
    ]

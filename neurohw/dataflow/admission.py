"""Admission at run time: applications come and go on one platform, and each is told what it is guaranteed.

When an application comes, free tiles near each other are chosen, as few as will do; its actors are bound to them by
load, its order for a single tile is shared out to them, and its throughput is guaranteed under the links that others
use (S. Song, A. Balaji, A. Das, N. Kandasamy and J. Shackleford, Compiling Spiking Neural Networks to Neuromorphic
Hardware, arXiv:2004.03717). A tile serves one application. A newcomer that would take from another what that asked for
is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from neurohw.dataflow.application import Application
from neurohw.dataflow.balance import EVEN, Weights, balance
from neurohw.dataflow.guarantee import Certificate, guarantee
from neurohw.dataflow.orders import project
from neurohw.dataflow.platform import Pair, Platform
from neurohw.dataflow.repetition import bounded_repetition_vector
from neurohw.dataflow.resources import lacking
from neurohw.errors import CapacityError, SettingError, UnknownNameError


@dataclass(frozen=True)
class Occupancy:
    """A platform, and what runs on it."""

    platform: Platform
    running: Mapping[str, Application] = field(default_factory=dict)
    certificates: Mapping[str, Certificate] = field(default_factory=dict)

    @property
    def free_tiles(self) -> tuple[str, ...]:
        """Names of the tiles that nobody uses."""
        taken = {tile for certificate in self.certificates.values() for tile in certificate.orders}
        return tuple(tile.name for tile in self.platform.tiles if tile.name not in taken)

    def without(self, name: str) -> Occupancy:
        """Return what is left when an application departs; the certificates of the others still hold.

        Raises
        ------
        UnknownNameError
            For an application that does not run.
        """
        if name not in self.running:
            raise UnknownNameError.of("application", name, self.running)
        others = [other for other in self.running if other != name]
        return replace(
            self,
            running={other: self.running[other] for other in others},
            certificates={other: self.certificates[other] for other in others},
        )


@dataclass(frozen=True)
class Admission:
    """The answer to an application."""

    occupancy: Occupancy  # with the application where it is admitted, else as it was
    certificate: Certificate | None  # None where it is refused
    reason: str = ""  # why it is refused
    tiles_needed: int | None = (
        None  # of the empty platform for one that is refused; None: it would be there, too
    )

    @property
    def is_admitted(self) -> bool:
        """Whether the application may run."""
        return self.certificate is not None


def admit(occupancy: Occupancy, newcomer: Application, weights: Weights = EVEN) -> Admission:
    """Find tiles for an application among the free ones, or say why there are none.

    With a period to keep it gets the fewest tiles that will do, without one a tile for each actor as far as there are.

    Raises
    ------
    SettingError
        For an application with the name of one that runs.
    """
    if newcomer.name in occupancy.running:
        raise SettingError(f"application {newcomer.name!r} runs already; give the newcomer another name")
    found = _search(occupancy, newcomer, weights)
    if isinstance(found, Occupancy):
        return Admission(found, found.certificates[newcomer.name])
    alone = _search(Occupancy(occupancy.platform), newcomer, weights)
    if isinstance(alone, str):
        needed, remedy = None, "nor would it be on the empty platform"
    else:
        needed = len(alone.certificates[newcomer.name].orders)
        remedy = f"with nothing else on the platform it would be admitted, on {needed} tiles"
    return Admission(occupancy, None, f"{newcomer.name!r} is not admitted: {found}; {remedy}", needed)


def near_tiles(platform: Platform, tiles: Sequence[str], n: int) -> tuple[str, ...]:
    """Return ``n`` of some tiles that are close to one of them."""
    usable = set(tiles)
    numbers = np.array([number for number, tile in enumerate(platform.tiles) if tile.name in usable])
    away = platform.distance[np.ix_(numbers, numbers)]
    groups = np.argsort(away, axis=1, kind="stable")[:, :n]
    middle = int(np.argmin(np.take_along_axis(away, groups, axis=1).sum(axis=1)))
    return tuple(platform.tiles[number].name for number in numbers[groups[middle]])


def _search(occupancy: Occupancy, newcomer: Application, weights: Weights) -> Occupancy | str:
    """Return the platform with the newcomer on it, or why it fits on no number of tiles."""
    free = occupancy.free_tiles
    most = min(len(free), len(newcomer.graph.actors))
    least = most if newcomer.period is None else _fewest_tiles(newcomer, newcomer.period)
    if isinstance(least, str):
        return least
    if not 0 < least <= len(free):
        return f"tiles needed: at least {max(1, least)}, free: {len(free)}"
    found: Occupancy | str = ""
    for n_tiles in range(least, most + 1):
        found = _attempt(occupancy, newcomer, near_tiles(occupancy.platform, free, n_tiles), weights)
        if isinstance(found, Occupancy):
            return found
    return found


def _fewest_tiles(newcomer: Application, period: Fraction) -> int | str:
    """Return how many tiles the processing fills at least, or why no number is enough."""
    counts = bounded_repetition_vector(newcomer.graph)
    loads = [actor.time * count for actor, count in zip(newcomer.graph.actors, counts, strict=True)]
    longest = max(loads)
    if longest > period:
        name = newcomer.graph.actors[loads.index(longest)].name
        return f"its actor {name!r} alone takes {longest} in an iteration, it asks for {period}"
    return max(1, -(-sum(loads) // period))


def _attempt(
    occupancy: Occupancy, newcomer: Application, tiles: Sequence[str], weights: Weights
) -> Occupancy | str:
    """Return the platform with the newcomer on some tiles, or why that is not possible."""
    platform, graph = occupancy.platform, newcomer.graph
    try:
        tile_of_actor = balance(
            graph, platform, tiles, newcomer.capacity_of_channel, newcomer.demand, weights
        )
    except CapacityError as error:
        return str(error)
    others = [pair for certificate in occupancy.certificates.values() for pair in certificate.pairs()]
    certificate = guarantee(
        graph, project(newcomer.order, tile_of_actor), platform, newcomer.capacity_of_channel, others
    )
    problems = [*lacking(certificate, platform, newcomer.demand), *_too_slow(newcomer, certificate)]
    if problems:
        return f"on {len(tiles)} tiles: {'; '.join(problems)}"
    return _with(occupancy, newcomer, certificate)


def _with(occupancy: Occupancy, newcomer: Application, certificate: Certificate) -> Occupancy | str:
    """Return the platform with the newcomer, the others under the links that it takes, or who would suffer."""
    certificates = {**occupancy.certificates, newcomer.name: certificate}
    pairs = {name: other.pairs() for name, other in certificates.items()}
    links = _links(occupancy.platform, pairs[newcomer.name])
    for name, other in occupancy.certificates.items():
        if links.isdisjoint(_links(occupancy.platform, pairs[name])):
            continue
        beside = [pair for another, theirs in pairs.items() if another != name for pair in theirs]
        slower = guarantee(other.graph, other.orders, occupancy.platform, other.capacity_of_channel, beside)
        problems = _too_slow(occupancy.running[name], slower)
        if problems:
            return f"application {name!r} shares links with it: {problems[0]}"
        certificates[name] = slower
    return replace(
        occupancy, running={**occupancy.running, newcomer.name: newcomer}, certificates=certificates
    )


def _links(platform: Platform, pairs: Sequence[Pair]) -> set[str]:
    return {link for pair in pairs for link in platform.routes.get(pair, ())}


def _too_slow(application: Application, certificate: Certificate) -> list[str]:
    if application.period is None or certificate.period <= application.period:
        return []
    cycle = ", ".join(dict.fromkeys(repr(wait.who) for wait in certificate.critical))
    return [
        f"an iteration of {application.name!r} may take {certificate.period}, it asks for {application.period}; "
        f"limited by {cycle}"
    ]

"""The self-timed execution of one graph on its tiles, fast: as ``execute`` with the longest times, but compiled."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import lcm

import numpy as np

from neurohw.dataflow.execution_state import Actors, Agenda, Channels, Links, Tiles
from neurohw.dataflow.graph import Channel
from neurohw.dataflow.guarantee import Certificate, Times
from neurohw.dataflow.platform import Pair, Platform
from neurohw.errors import SettingError

Array = np.ndarray

NO_LIMIT = 2**62


def simulate(certificate: Certificate, platform: Platform, n_iterations: int) -> dict[str, Times]:
    """Run a graph self-timed, with links that are really shared, and return when each actor starts its firings.

    Parameters
    ----------
    certificate : its tiles, orders and buffers count, not its schedule.
    n_iterations : after which it stops.

    Returns
    -------
    starts : by actor, of its firings, in time units.

    Raises
    ------
    SettingError
        For fewer than one iteration, or times that are no fractions of one small unit.
    """
    from neurohw.dataflow.kernels.self_timed import run_self_timed

    if n_iterations < 1:
        raise SettingError(f"n_iterations = {n_iterations} must be a whole number above 0")
    unit = _unit(certificate, platform)
    tiles, actors = _tiles_and_actors(certificate, n_iterations, unit)
    channels, links = _channels_and_links(certificate, platform, unit)
    run_self_timed(tiles, actors, channels, links, _agenda(len(tiles.turns_left) + len(channels.tokens)))
    rows = zip(actors.start_of.tolist(), actors.n_started.tolist(), strict=False)
    dates = (actors.starts[first : first + n].tolist() for first, n in rows)
    names = [actor.name for actor in certificate.graph.actors]
    return {name: tuple(Fraction(date, unit) for date in row) for name, row in zip(names, dates, strict=True)}


def simulated_period(certificate: Certificate, platform: Platform, n_iterations: int = 64) -> Fraction:
    """Return the time units per iteration of a self-timed execution, those of the slowest actor.

    Sooner or later an execution repeats itself: where the second half does, the period is exact, and else a mean.

    Parameters
    ----------
    n_iterations : at least 4.

    Raises
    ------
    SettingError
        For fewer iterations.
    """
    if n_iterations < 4:
        raise SettingError(f"n_iterations = {n_iterations} must be at least 4: the first half does not count")
    return period_of(simulate(certificate, platform, n_iterations), n_iterations)


def period_of(starts: Mapping[str, Times], n_iterations: int) -> Fraction:
    """Return the time units per iteration of an execution, of the starts that :func:`simulate` returns."""
    return max(_steady_period(dates[:: len(dates) // n_iterations]) for dates in starts.values())


def late_starts(certificate: Certificate, starts: Mapping[str, Times]) -> list[str]:
    """Return which firings of an execution start later than the certificate says: none, where it holds."""
    problems = []
    for name, dates in starts.items():
        own = certificate.starts[name]
        for number, date in enumerate(dates):
            iteration, place = divmod(number, len(own))
            latest = own[place] + iteration * certificate.period
            if date > latest:
                problems.append(f"firing {number} of {name!r} starts at {date}, by the certificate {latest}")
    return problems


def _steady_period(dates: Times) -> Fraction:
    """Return the time between dates when the second half of them repeats itself, and else its mean."""
    half = len(dates) // 2
    for cycle in range(1, half // 2 + 1):
        steps = {later - date for date, later in zip(dates[half:], dates[half + cycle :], strict=False)}
        if len(steps) == 1:
            return steps.pop() / cycle
    return (dates[-1] - dates[half - 1]) / (len(dates) - half)


def _unit(certificate: Certificate, platform: Platform) -> int:
    """Return by what times must be multiplied to be whole."""
    times = [actor.time for actor in certificate.graph.actors]
    times += [*platform.delay.values(), platform.time_per_token]
    times += [time for link in platform.links.values() for time in (link.time, link.delay)]
    unit = lcm(*{time.denominator for time in times})
    longest = max(times) * unit
    if longest >= 2**40:
        raise SettingError(f"a time of {max(times)} in units of 1/{unit} cannot be simulated: most are 2**40")
    return unit


def _agenda(n: int) -> Agenda:
    """Return an agenda for so many tiles and channels in which nothing stands."""
    from neurohw.dataflow.kernels.agenda import N_SLOTS, NOBODY

    date, number, what, behind = (np.zeros(n, np.int64) for _ in range(4))
    first, last = (np.full(N_SLOTS, NOBODY, np.int64) for _ in range(2))
    return Agenda(date, number, what, first, last, behind, np.zeros(4, np.int64))


def _tiles_and_actors(certificate: Certificate, n_iterations: int, unit: int) -> tuple[Tiles, Actors]:
    graph, orders = certificate.graph, list(certificate.orders.values())
    number = graph.index
    tile = np.zeros(len(number), np.int64)
    counts = np.zeros(len(number), np.int64)
    for index, firings in enumerate(orders):
        for name in firings:
            tile[number[name]] = index
            counts[number[name]] += n_iterations
    order_start, order = _rows([[number[name] for name in firings] for firings in orders])
    inputs: list[list[int]] = [[] for _ in number]
    outputs: list[list[int]] = [[] for _ in number]
    for index, channel in enumerate(graph.channels):
        inputs[number[channel.target]].append(index)
        outputs[number[channel.source]].append(index)
    time = np.array([int(actor.time * unit) for actor in graph.actors], np.int64)
    start_of = np.concatenate([[0], np.cumsum(counts)])
    dates = np.zeros(int(start_of[-1]), np.int64)
    actors = Actors(
        time, tile, *_rows(inputs), *_rows(outputs), start_of, np.zeros(len(number), np.int64), dates
    )
    turns = np.diff(order_start) * n_iterations
    return Tiles(order_start, order, turns, np.zeros(len(orders), np.bool_)), actors


def _channels_and_links(certificate: Certificate, platform: Platform, unit: int) -> tuple[Channels, Links]:
    graph, tile = certificate.graph, certificate.tile_of_actor
    pairs = [(tile[c.source], tile[c.target]) for c in graph.channels]
    between = np.array([a != b for a, b in pairs], np.bool_)
    link_number = {name: index for index, name in enumerate(platform.links)}
    routes = [_route(platform, pair) for pair in pairs]
    route_start, route = _rows([[link_number[name] for name in names] for names in routes])
    limit = np.array([_capacity(certificate, c) for c in graph.channels], np.int64)
    tokens = np.array([c.tokens for c in graph.channels], np.int64)
    nothing = np.zeros(len(pairs), np.int64)
    channels = Channels(
        np.array([graph.index[c.source] for c in graph.channels], np.int64),
        np.array([graph.index[c.target] for c in graph.channels], np.int64),
        np.array([c.production for c in graph.channels], np.int64),
        np.array([c.consumption for c in graph.channels], np.int64),
        between,
        tokens,
        nothing,
        limit - np.where(between, 0, tokens),
        limit - tokens,
        np.zeros(len(pairs), np.bool_),
        nothing.copy(),
        route_start,
        route,
        np.array([int(_rest(platform, pair) * unit) for pair in pairs], np.int64),
    )
    links = [(int(link.time * unit), int(link.delay * unit)) for link in platform.links.values()]
    time, delay = (np.array([link[part] for link in links], np.int64) for part in (0, 1))
    return channels, Links(time, delay, np.zeros(len(links), np.int64))


def _route(platform: Platform, pair: Pair) -> Sequence[str]:
    return () if pair[0] == pair[1] else platform.routes.get(pair, ())


def _rest(platform: Platform, pair: Pair) -> Fraction:
    """Return the time that a token needs behind its last link."""
    if pair[0] == pair[1]:
        return Fraction(0)
    on_links = (platform.links[link].delay for link in platform.routes.get(pair, ()))
    return platform.delay[pair] + platform.time_per_token - sum(on_links, Fraction(0))


def _capacity(certificate: Certificate, channel: Channel) -> int:
    if channel.is_self_edge:
        return NO_LIMIT
    return certificate.capacity_of_channel.get(channel.name, NO_LIMIT)


def _rows(lists: Iterable[Sequence[int]]) -> tuple[Array, Array]:
    """Return lists as compressed rows, int64."""
    kept = list(lists)
    start = np.concatenate([[0], np.cumsum([len(row) for row in kept], dtype=np.int64)])
    flat = [value for row in kept for value in row]
    return start.astype(np.int64), np.array(flat, np.int64)

"""A checker of certificates: from the definitions, with nothing of what made the certificate.

Everything that has to wait for something is a row of dated events, repeated period by period; that a taker waits for
the giver of its last token is one inequality for each event of an iteration. Where things take no time, dates do not
say who comes first: that nobody waits for himself is tried by playing an iteration.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from neurohw.dataflow.certificate_game import stuck_firings
from neurohw.dataflow.graph import Channel
from neurohw.dataflow.guarantee import Certificate

_Row = tuple[Sequence[Fraction], int]  # dates in iteration 0; tokens given or taken by each event


def certificate_problems(certificate: Certificate) -> list[str]:
    """Return what is wrong with a certificate; nothing where it proves its period.

    It is proved that a schedule with this period exists in which every firing takes its time, waits for its tokens, for
    room in finite buffers and for its turn on its tile, and every connection sends one token at a
    time; tokens of a burst follow each other without a gap, and its room is claimed for all at once. That the times
    in ``transit`` are the longest is the platform's word: see :func:`transit_problems` for shared links.
    """
    return (
        list(_gaps(certificate))
        or list(_turns(certificate))
        or list(_rows(certificate))
        or stuck_firings(certificate)
    )


def transit_problems(
    certificates: Sequence[Certificate],
    delay: Mapping[tuple[str, str], Fraction],
    links: Mapping[tuple[str, str], Sequence[str]],
    link_time: Mapping[str, Fraction],
) -> list[str]:
    """Return the connections that may be slower than the certificates of all graphs on a platform say.

    Parameters
    ----------
    delay : from tile to tile, alone on the platform, with the time for which a connection is busy besides.
    links, link_time : what a token takes from tile to tile, and how long it takes each.
    """
    connections = [
        (
            certificate.transit[channel.name],
            ends,
            f"graph {certificate.graph.name!r}: channel {channel.name!r}",
        )
        for certificate in certificates
        for channel, ends in _connections(certificate)
    ]
    came_over: dict[str, list[str | None]] = {}  # by link, the one before it on the way of each connection
    for _, ends, _ in connections:
        for place, link in enumerate(links.get(ends, ())):
            came_over.setdefault(link, []).append(links[ends][place - 1] if place else None)
    wait = {link: _longest_wait(link_time, link, before) for link, before in came_over.items()}
    problems = []
    for transit, ends, name in connections:
        needed = delay[ends] + sum(wait[link] for link in links.get(ends, ()))
        if transit < needed:
            problems.append(f"{name}: a token may take {needed}, the certificate says {transit}")
    return problems


def _longest_wait(link_time: Mapping[str, Fraction], link: str, before: Sequence[str | None]) -> Fraction:
    """Return how long a token waits before a link at most; ``before``: over which link each connection comes there.

    Two tokens that come over the same link, which takes no less time, are as far apart as this one needs.
    """
    first = before[0]
    if first is not None and all(each == first for each in before) and link_time[first] >= link_time[link]:
        return Fraction(0)
    return link_time[link] * (len(before) - 1)


def _connections(certificate: Certificate) -> Iterator[tuple[Channel, tuple[str, str]]]:
    tile = {name: tile for tile, order in certificate.orders.items() for name in order}
    for channel in certificate.graph.channels:
        ends = tile[channel.source], tile[channel.target]
        if ends[0] != ends[1]:
            yield channel, ends


def _gaps(certificate: Certificate) -> Iterator[str]:
    """Check that nothing is missing."""
    names = {actor.name for actor in certificate.graph.actors}
    placed = {name for order in certificate.orders.values() for name in order}
    yield from (
        f"actor {name!r} has no tile or no firing"
        for name in names
        if name not in placed or not certificate.starts.get(name)
    )
    yield from (
        f"tile {tile!r}: no actor stands in the order"
        for tile, order in certificate.orders.items()
        if not order
    )
    if names <= placed:
        tables = certificate.transit, certificate.sends, certificate.burst
        for channel, _ in _connections(certificate):
            if not all(channel.name in table for table in tables):
                yield f"channel {channel.name!r} joins two tiles, and it is not said how"


def _turns(certificate: Certificate) -> Iterator[str]:
    """Check that all firings of a tile, and all tokens of a connection, follow each other."""
    time = {actor.name: actor.time for actor in certificate.graph.actors}
    left = {name: list(certificate.starts.get(name, ())) for name in time}
    for tile, order in certificate.orders.items():
        if any(order.count(name) != len(left.get(name, ())) for name in order):
            yield f"tile {tile!r}: an actor does not stand in the order as often as it fires"
            return
        firings = [(left[name].pop(0), time[name]) for name in order]
        if min(start for start, _ in firings) < 0:
            yield f"tile {tile!r}: a firing starts before time 0"
        yield from _one_after_the_other(f"tile {tile!r}", firings, certificate.period)
    yield from (f"actor {name!r}: not all firings stand in an order" for name in time if left[name])
    for channel, _ in _connections(certificate):
        sends, burst = certificate.sends[channel.name], certificate.burst[channel.name]
        if len(sends) * burst != len(certificate.starts[channel.source]) * channel.production:
            yield f"channel {channel.name!r}: not as many tokens are sent in an iteration as are produced"
        busy = [(start, certificate.transit[channel.name] * burst) for start in sends]
        yield from _one_after_the_other(f"channel {channel.name!r}", busy, certificate.period)


def _one_after_the_other(
    what: str, jobs: Sequence[tuple[Fraction, Fraction]], period: Fraction
) -> Iterator[str]:
    following = [*(start for start, _ in jobs[1:]), *(start + period for start, _ in jobs[:1])]
    for (start, time), following_start in zip(jobs, following, strict=True):
        if following_start < start + time:
            yield f"{what}: busy from {start} for {time}, but taken again at {following_start}"


def _rows(certificate: Certificate) -> Iterator[str]:
    """Check that every taker of tokens, or of room for tokens, starts after all that it takes has been given."""
    time = {actor.name: actor.time for actor in certificate.graph.actors}
    start = certificate.starts
    end = {name: [date + time[name] for date in dates] for name, dates in start.items()}
    between = {channel.name for channel, _ in _connections(certificate)}
    for channel in certificate.graph.channels:
        name, tokens = channel.name, channel.tokens
        # dates and tokens: a firing that puts, then one that takes; between tiles a sending in the middle
        puts: _Row = (start[channel.source], channel.production)
        put: _Row = (end[channel.source], channel.production)
        takes: _Row = (start[channel.target], channel.consumption)
        taken: _Row = (end[channel.target], channel.consumption)
        limit = None if channel.source == channel.target else certificate.capacity_of_channel.get(name)
        if name not in between:
            waits = [("tokens", put, takes, tokens)]
            waits += [] if limit is None else [("room", taken, puts, limit - tokens)]
        else:
            burst = certificate.burst[name]
            arrival = certificate.transit[name] * burst
            sends: _Row = (certificate.sends[name], burst)
            sent: _Row = ([date + arrival for date in certificate.sends[name]], burst)
            waits = [("tokens to send", put, sends, 0), ("tokens", sent, takes, tokens)]
            if limit is not None:
                waits += [
                    ("room at the source", sent, puts, limit),
                    ("room at the target", taken, sends, limit - tokens),
                ]
        for what, given, taking, spare in waits:
            if spare < 0 or not _in_time(given, taking, spare, certificate.period):
                yield f"channel {name!r}: {what} not there in time"


def _in_time(gives: _Row, takes: _Row, spare: int, period: Fraction) -> bool:
    """Return whether each taking of an iteration comes after the giving of the last token that it takes.

    In iterations before 0, which there are not, the giving counts as if there were: a taking of a later iteration is
    the same there, one period after the other.
    """
    (given, per_giving), (taken, per_taking) = gives, takes
    if len(given) * per_giving != len(taken) * per_taking:
        return False
    for number, date in enumerate(taken):
        last = (number + 1) * per_taking - spare  # tokens that must have been given
        iteration, place = divmod(-(-last // per_giving) - 1, len(given))
        if date < given[place] + iteration * period:
            return False
    return True

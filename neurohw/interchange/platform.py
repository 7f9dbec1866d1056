"""Platforms of dataflow graphs as JSON, with the links that connections share, which SDF3's XML cannot say.

Fractions are text (``"79/2"``). The names are those of :class:`neurohw.dataflow.Platform`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from fractions import Fraction
from os import PathLike

from neurohw.dataflow import Link, Platform, PlatformTile
from neurohw.interchange.headed_json import content_of, made_of
from neurohw.interchange.json_entry import Entry
from neurohw.interchange.sdf3 import read_sdf3_platform

FORMAT = "neurohw platform 1"
_LIMITS = ("memory", "connections", "bandwidth_in", "bandwidth_out")


def platform_text(platform: Platform) -> str:
    """Return a platform as JSON."""
    data = {
        "format": FORMAT,
        "name": platform.name,
        "time_per_token": str(platform.time_per_token),
        "tiles": [asdict(tile) for tile in platform.tiles],
        "links": {
            name: {"time": str(link.time), "delay": str(link.delay)} for name, link in platform.links.items()
        },
        "connections": [
            {"from": pair[0], "to": pair[1], "delay": str(delay), "links": platform.routes.get(pair, ())}
            for pair, delay in platform.delay.items()
        ],
    }
    return json.dumps(data, indent=1) + "\n"


def read_platform(path: str | PathLike[str]) -> Platform:
    """Read a platform: JSON as of :func:`platform_text`, or an architecture graph of SDF3.

    Raises
    ------
    GraphError
        For a file that is missing, unreadable or neither of them, and for a platform that cannot be.
    """
    content = content_of(path)
    if content.lstrip()[:1] not in (b"{", b"["):
        return read_sdf3_platform(path)
    return made_of(path, content, "platform", FORMAT, _platform)


def _platform(data: Entry) -> Platform:
    tiles = tuple(map(_tile, data["tiles"]))
    if not tiles:
        raise ValueError("it has no tile")
    known = {tile.name for tile in tiles}
    if len(known) < len(tiles):
        raise ValueError("two of its tiles have the same name")
    links = {name: Link(_time(link["time"]), _time(link["delay"])) for name, link in data["links"].items()}
    delay, routes = {}, {}
    for connection in data["connections"]:
        pair = connection["from"].text(), connection["to"].text()
        where = f"connection from {pair[0]!r} to {pair[1]!r}"
        _check_known(where, "tile", pair, known)
        route = routes[pair] = tuple(link.text() for link in connection["links"])
        _check_known(where, "link", route, links)
        delay[pair] = _time(connection["delay"])
    per_token = _time(data["time_per_token"])
    return Platform(data["name"].text(), tiles, delay, per_token, links, routes)


def _check_known(where: str, what: str, names: Iterable[str], known: Iterable[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"{where}: there is no {what} {name!r}")


def _tile(data: Entry) -> PlatformTile:
    def given(key: str) -> Entry | None:
        return data[key] if key in data and data[key].value is not None else None

    processor, limits = given("processor"), map(given, _LIMITS)
    return PlatformTile(
        data["name"].text(),
        None if processor is None else processor.text(),
        *(None if limit is None else limit.whole() for limit in limits),
    )


def _time(entry: Entry) -> Fraction:
    time = entry.fraction()
    if time < 0:
        raise ValueError(f"{entry.place} = {time}, a time must be at least 0")
    return time

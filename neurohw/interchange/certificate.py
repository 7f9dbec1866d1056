"""Certificates of throughput as JSON, so that programs of others can check them.

Fractions are text (``"79/2"``). The names are those of :class:`neurohw.dataflow.Certificate`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from fractions import Fraction
from os import PathLike
from typing import TypeVar

from neurohw.dataflow import Actor, Certificate, Channel, Graph, Wait
from neurohw.interchange.headed_json import content_of, made_of
from neurohw.interchange.json_entry import Entry

T = TypeVar("T")
FORMAT = "neurohw certificate 1"
_CHANNEL = ("name", "source", "target", "production", "consumption", "tokens")


def certificate_text(certificate: Certificate) -> str:
    """Return a certificate as JSON."""
    graph = certificate.graph
    data = {
        "format": FORMAT,
        "graph": {
            "name": graph.name,
            "actors": {actor.name: str(actor.time) for actor in graph.actors},
            "channels": [{name: getattr(channel, name) for name in _CHANNEL} for channel in graph.channels],
        },
        "orders": certificate.orders,
        "capacity_of_channel": certificate.capacity_of_channel,
        "transit": {name: str(time) for name, time in certificate.transit.items()},
        "period": str(certificate.period),
        "starts": {name: list(map(str, dates)) for name, dates in certificate.starts.items()},
        "sends": {name: list(map(str, dates)) for name, dates in certificate.sends.items()},
        "burst": certificate.burst,
        "critical": [asdict(wait) for wait in certificate.critical],
    }
    return json.dumps(data, indent=1) + "\n"


def read_certificate(path: str | PathLike[str]) -> Certificate:
    """Read a certificate; whether it proves anything is for the checker to say.

    Raises
    ------
    GraphError
        For a file that is missing, unreadable or no certificate.
    """
    return made_of(path, content_of(path), "certificate", FORMAT, _certificate)


def _certificate(data: Entry) -> Certificate:
    graph = data["graph"]
    actors = tuple(Actor(name, time.fraction()) for name, time in graph["actors"].items())
    channels = tuple(map(_channel, graph["channels"]))
    return Certificate(
        Graph(graph["name"].text(), actors, channels),
        _values(data["orders"], _texts),
        _values(data["capacity_of_channel"], Entry.whole),
        _values(data["transit"], Entry.fraction),
        data["period"].fraction(),
        _values(data["starts"], _dates),
        _values(data["sends"], _dates),
        _values(data["burst"], Entry.whole),
        tuple(Wait(*(wait[key].text() for key in ("who", "kind", "of"))) for wait in data["critical"]),
    )


def _channel(data: Entry) -> Channel:
    name, source, target = (data[key].text() for key in _CHANNEL[:3])
    production, consumption, tokens = (data[key].whole() for key in _CHANNEL[3:])
    return Channel(name, source, target, production, consumption, tokens)


def _values(table: Entry, convert: Callable[[Entry], T]) -> dict[str, T]:
    return {name: convert(value) for name, value in table.items()}


def _texts(values: Entry) -> tuple[str, ...]:
    return tuple(value.text() for value in values)


def _dates(values: Entry) -> tuple[Fraction, ...]:
    return tuple(value.fraction() for value in values)

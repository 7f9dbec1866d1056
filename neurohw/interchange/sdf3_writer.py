"""Dataflow graphs as XML of SDF3."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from neurohw.dataflow import Graph
from neurohw.errors import GraphError
from neurohw.hardware.quantities import shown
from neurohw.interchange.xml_attributes import LONGEST_NAME, MOST_DIGITS

PROCESSOR = "crossbar"
_AT_MOST = f"must have at most {MOST_DIGITS} digits"


def sdf3_text(graph: Graph) -> str:
    """Return a graph as a document that ``read_sdf3_graph`` gives back as it was.

    Execution times that are no whole numbers are written as fractions; SDF3 itself reads whole numbers only.

    Raises
    ------
    GraphError
        For what could not be read again: names that are empty, too long or not printable, and numbers too large.
    """
    for problem in _problems(graph):
        raise GraphError(f"graph {graph.name!r} cannot be written as XML: {problem}")
    root = Element("sdf3", type="sdf", version="1.0")
    application = SubElement(root, "applicationGraph", name=graph.name)
    structure = SubElement(application, "sdf", name=graph.name, type=graph.name)
    properties = SubElement(application, "sdfProperties")
    _add_actors(graph, structure, properties)
    _add_channels(graph, structure, properties)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode") + "\n"


def _problems(graph: Graph) -> Iterator[str]:
    """Yield what the reader would refuse."""
    if not graph.name.isprintable():
        yield f"its name {graph.name!r} has characters that are not printable"
    for name in (*(actor.name for actor in graph.actors), *(channel.name for channel in graph.channels)):
        if not name.isprintable() or not 1 <= len(name) <= LONGEST_NAME:
            yield f"name {shown(name)} must be 1 to {LONGEST_NAME} printable characters"
    for actor in graph.actors:
        if _too_long(*Fraction(actor.time).as_integer_ratio()):
            yield f"actor {actor.name!r}: time {shown(str(actor.time))} {_AT_MOST} in each part"
    for channel in graph.channels:
        for what in ("production", "consumption", "tokens"):
            if _too_long(getattr(channel, what)):
                yield f"channel {channel.name!r}: {what} = {shown(str(getattr(channel, what)))} {_AT_MOST}"


def _too_long(*numbers: int) -> bool:
    return max(numbers) >= 10**MOST_DIGITS


def _add_actors(graph: Graph, structure: Element, properties: Element) -> None:
    for actor in graph.actors:
        element = SubElement(structure, "actor", name=actor.name, type=actor.name)
        for number, channel in enumerate(graph.channels):
            if channel.source == actor.name:
                SubElement(element, "port", name=f"out{number}", type="out", rate=str(channel.production))
            if channel.target == actor.name:
                SubElement(element, "port", name=f"in{number}", type="in", rate=str(channel.consumption))
        of_actor = SubElement(properties, "actorProperties", actor=actor.name)
        processor = SubElement(of_actor, "processor", type=PROCESSOR, default="true")
        SubElement(processor, "executionTime", time=str(actor.time))


def _add_channels(graph: Graph, structure: Element, properties: Element) -> None:
    for number, channel in enumerate(graph.channels):
        SubElement(
            structure,
            "channel",
            name=channel.name,
            srcActor=channel.source,
            srcPort=f"out{number}",
            dstActor=channel.target,
            dstPort=f"in{number}",
            initialTokens=str(channel.tokens),
        )
        SubElement(properties, "channelProperties", channel=channel.name)

"""Dataflow graphs as XML of SDF3."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from neurohw.dataflow import Graph
from neurohw.errors import GraphError

PROCESSOR = "crossbar"


def sdf3_text(graph: Graph) -> str:
    """Return a graph as a document that ``read_sdf3_graph`` gives back as it was.

    Execution times that are no whole numbers are written as fractions; SDF3 itself reads whole numbers only.

    Raises
    ------
    GraphError
        For names with characters that are not printable, which XML has not.
    """
    names = [
        graph.name,
        *(actor.name for actor in graph.actors),
        *(channel.name for channel in graph.channels),
    ]
    for name in names:
        if not name.isprintable():
            raise GraphError(f"name {name!r}: characters that are not printable cannot be written as XML")
    root = Element("sdf3", type="sdf", version="1.0")
    application = SubElement(root, "applicationGraph", name=graph.name)
    structure = SubElement(application, "sdf", name=graph.name, type=graph.name)
    properties = SubElement(application, "sdfProperties")
    _add_actors(graph, structure, properties)
    _add_channels(graph, structure, properties)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, "unicode") + "\n"


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

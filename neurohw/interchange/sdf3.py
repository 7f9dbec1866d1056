"""Dataflow graphs and platforms in the XML of SDF3.

SDF3 (S. Stuijk, M. Geilen and T. Basten, SDF3: SDF For Free, ACSD 2006) describes a graph in two parts: ``sdf`` holds
actors, their ports with rates and the channels between ports, ``sdfProperties`` how long a firing takes on which type
of processor. The time on the processor that is marked as default is taken, else that on the first. Sizes of tokens,
states and buffers are not read.
"""

from __future__ import annotations

from fractions import Fraction
from os import PathLike

from neurohw.dataflow import Actor, Channel, Graph
from neurohw.dataflow.platform import Platform, PlatformTile
from neurohw.errors import GraphError
from neurohw.hardware.quantities import shown
from neurohw.interchange.xml_attributes import XmlFile
from neurohw.interchange.xml_file import Element


def read_sdf3_graph(path: str | PathLike[str]) -> Graph:
    """Read a graph from an XML file of SDF3.

    Raises
    ------
    GraphError
        For a file that is missing, unreadable, no XML of SDF3, or describes another kind of graph (cyclo-static,
        scenario aware); for a graph that cannot be. The message names the file, the line or the object, and the value.
    """
    file = XmlFile(path)
    application = file.part(_root(file), "applicationGraph")
    structure = file.part(application, "sdf")
    times = _times(file, file.part(application, "sdfProperties"))
    rates = _rates(file, structure)
    actors = tuple(_actor(file, element, times) for element in structure.all("actor"))
    channels = tuple(_channel(file, element, rates) for element in structure.all("channel"))
    try:
        return Graph(
            structure.attributes.get("name") or application.attributes.get("name", ""), actors, channels
        )
    except GraphError as error:
        raise GraphError(f"{path}: {error}") from error


def read_sdf3_platform(path: str | PathLike[str]) -> Platform:
    """Read tiles and connections from an architecture graph of SDF3; its routers and links are not read.

    Raises
    ------
    GraphError
        For a file that is missing, unreadable, no XML of SDF3, or has no architecture graph.
    """
    file = XmlFile(path)
    architecture = file.part(_root(file), "architectureGraph")
    tiles = tuple(_tile(file, element) for element in architecture.all("tile"))
    if not tiles:
        raise file.error(architecture, "it has no tile")
    known = {tile.name for tile in tiles}
    delay = {}
    for element in architecture.all("connection"):
        ends = file.text(element, "srcTile"), file.text(element, "dstTile")
        for end in ends:
            if end not in known:
                raise file.error(element, f"there is no tile {end!r}")
        delay[ends] = file.amount(element, "delay")
    return Platform(architecture.attributes.get("name", ""), tiles, delay)


def _root(file: XmlFile) -> Element:
    root = file.root
    if root.tag != "sdf3":
        raise file.error(root, "a file of SDF3 begins with <sdf3>")
    kind = root.attributes.get("type", "sdf")
    if kind != "sdf":
        raise file.error(root, f"type={shown(kind)}: only synchronous dataflow graphs, type='sdf', are read")
    return root


def _times(file: XmlFile, properties: Element) -> dict[str, Fraction]:
    """Return the execution time of each actor that has one."""
    times = {}
    for element in properties.all("actorProperties"):
        processors = list(element.all("processor"))
        default = [processor for processor in processors if processor.attributes.get("default") == "true"]
        for processor in (default or processors)[:1]:
            times[file.text(element, "actor")] = file.amount(file.part(processor, "executionTime"), "time")
    return times


def _rates(file: XmlFile, structure: Element) -> dict[tuple[str, str, str], int]:
    """Return the rate of each port by (actor, port, in or out)."""
    rates = {}
    for actor in structure.all("actor"):
        for port in actor.all("port"):
            key = file.text(actor, "name"), file.text(port, "name"), file.text(port, "type")
            if key in rates:
                raise file.error(port, f"actor {key[0]!r} has two such ports")
            if "," in port.attributes.get("rate", "") or "*" in port.attributes.get("rate", ""):
                raise file.error(
                    port, f"rate={shown(port.attributes['rate'])}: cyclo-static rates are not read"
                )
            rates[key] = file.count(port, "rate", least=1)
    return rates


def _actor(file: XmlFile, element: Element, times: dict[str, Fraction]) -> Actor:
    name = file.text(element, "name")
    if name not in times:
        raise file.error(
            element, "the file has no execution time for it, in <sdfProperties><actorProperties>"
        )
    return Actor(name, times[name])


def _channel(file: XmlFile, element: Element, rates: dict[tuple[str, str, str], int]) -> Channel:
    ends = [
        (file.text(element, f"{end}Actor"), file.text(element, f"{end}Port"), kind)
        for end, kind in (("src", "out"), ("dst", "in"))
    ]
    for actor, port, kind in ends:
        if (actor, port, kind) not in rates:
            raise file.error(element, f"actor {actor!r} has no port {port!r} of type {kind!r}")
    source, target = ends
    return Channel(
        file.text(element, "name"),
        source[0],
        target[0],
        rates[source],
        rates[target],
        file.count(element, "initialTokens", default=0),
    )


def _tile(file: XmlFile, element: Element) -> PlatformTile:
    processor, memory, interface = (element.first(tag) for tag in ("processor", "memory", "networkInterface"))
    return PlatformTile(
        file.text(element, "name"),
        processor.attributes.get("type") if processor else None,
        file.count(memory, "size") if memory else None,
        file.count(interface, "nrConnections") if interface else None,
        file.count(interface, "inBandwidth") if interface else None,
        file.count(interface, "outBandwidth") if interface else None,
    )

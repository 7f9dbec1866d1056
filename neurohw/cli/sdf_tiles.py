"""Options of ``neurohw sdf`` for graphs on tiles: orders that are given, or a binding that is found."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from neurohw.cli.arguments import file, positive_count
from neurohw.cli.outcome import note

if TYPE_CHECKING:
    from neurohw.dataflow import Certificate, Graph, Platform

Orders = dict[str, tuple[str, ...]]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options to the command."""
    parser.add_argument(
        "--platform",
        type=file,
        metavar="FILE",
        help="run on the tiles of an architecture graph of SDF3, or of platform.json of neurohw compile --out",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--orders",
        metavar="A,B|C",
        help="with --platform: for each tile its actors in the order of their firings; buffers hold twice the rate",
    )
    where.add_argument(
        "--tiles",
        type=positive_count,
        metavar="N",
        help="with --platform: bind the actors to at most N tiles by load",
    )
    parser.add_argument(
        "--search",
        type=positive_count,
        metavar="N",
        help="with --tiles: then look for a shorter period in up to N changes of binding and order",
    )
    parser.add_argument(
        "--certificate",
        type=file,
        metavar="FILE",
        help="with --platform: write as JSON the schedule that proves the throughput",
    )


def bound_to_tiles(args: argparse.Namespace, graph: Graph) -> tuple[Graph, Certificate | None]:
    """Return the graph as the options have it run, with its guarantee; without a platform as it is.

    Raises
    ------
    SettingError
        For options that need each other, or orders for more tiles than there are.
    NeurohwError
        For a platform that cannot be read, or that the graph cannot run on.
    """
    from neurohw.dataflow import bind, guarantee
    from neurohw.errors import SettingError
    from neurohw.interchange import read_platform

    has_tiles = args.orders is not None or args.tiles is not None
    if (args.platform is not None) != has_tiles:
        raise SettingError("--platform needs --orders or --tiles, and they need --platform")
    if args.search is not None and args.tiles is None:
        raise SettingError("--search needs --tiles")
    if args.platform is None:
        if args.certificate is not None:
            raise SettingError("--certificate needs --platform")
        return graph, None
    platform = read_platform(args.platform)
    orders, capacities = (
        _given(args, graph, platform) if args.tiles is None else _found(args, graph, platform)
    )
    certificate = guarantee(graph, orders, platform, capacities)
    if args.certificate is not None:
        _write(args.certificate, certificate)
    return bind(graph, orders, platform.transits(certificate.pairs()), capacities, Fraction(0)), certificate


def _given(args: argparse.Namespace, graph: Graph, platform: Platform) -> tuple[Orders, dict[str, int]]:
    from neurohw.dataflow import double_buffers
    from neurohw.errors import SettingError

    orders = [tuple(name.strip() for name in part.split(",")) for part in args.orders.split("|")]
    if not all(name for order in orders for name in order):
        raise SettingError(
            f"--orders {args.orders!r}: a name is missing; names are parted by commas, tiles by |"
        )
    if len(orders) > len(platform.tiles):
        raise SettingError(f"--orders is for {len(orders)} tiles, {args.platform} has {len(platform.tiles)}")
    by_tile = {tile.name: order for tile, order in zip(platform.tiles, orders, strict=False)}
    return by_tile, double_buffers(graph)


def _found(args: argparse.Namespace, graph: Graph, platform: Platform) -> tuple[Orders, dict[str, int]]:
    from neurohw.dataflow import balance, improve, near_tiles, prepare, project

    ready = prepare(graph)
    n_tiles = min(args.tiles, len(platform.tiles), len(graph.actors))
    tiles = near_tiles(platform, [tile.name for tile in platform.tiles], n_tiles)
    tile_of_actor = balance(graph, platform, tiles, ready.capacity_of_channel)
    if args.search is None:
        return project(ready.order, tile_of_actor), ready.capacity_of_channel
    found = improve(
        graph, platform, tiles, ready.order, tile_of_actor, evaluations=args.search + 1
    ).certificate
    return found.orders, found.capacity_of_channel


def _write(path: Path, certificate: Certificate) -> None:
    from neurohw.dataflow import certificate_problems
    from neurohw.errors import MappingError
    from neurohw.files import write_text
    from neurohw.interchange import certificate_text

    problems = certificate_problems(certificate)
    if problems:
        raise MappingError("the certificate proves nothing: " + "; ".join(problems[:8]))
    write_text(path, certificate_text(certificate))
    note(f"wrote {path}")

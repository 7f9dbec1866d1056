"""``neurohw compile``: the network of a PyNN script on a chip, by one mapping algorithm or by all of them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, MAPPING, SCRIPT_EPILOG, add_options
from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome, note, table
from neurohw.cli.script import run_script
from neurohw.errors import CapacityError, SettingError, UnknownNameError

if TYPE_CHECKING:
    from neurohw.hardware import Chip
    from neurohw.network import Network
    from neurohw.workload import NeuronGraph

NAME = "compile"

DESCRIPTION = """\
Map the network of a PyNN script onto a chip and say what the mapping costs. The script runs without delays of the chip
(fidelity ideal), and its network once more to count the spikes of every cell: traffic is weighed by these.
"""
EXAMPLES = """
examples:
  neurohw compile script.py --chip mesh --partitioner multilevel --placer anneal
  neurohw compile script.py --chip loihi --compare --seconds 1
  neurohw compile script.py --chip mesh --workload spikes.json
"""
HEADINGS = ("crossbars", "tiles", "packets", "synapse spikes", "hops", "max link load", "seconds")


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="map the network of a script onto a chip",
        description=DESCRIPTION,
        epilog=SCRIPT_EPILOG + EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        usage="neurohw compile SCRIPT --chip CHIP [options] [script arguments]",
        allow_abbrev=False,
    )
    parser.add_argument("script", metavar="SCRIPT", type=Path, help="the PyNN script")
    add_options(parser, MAPPING, {name: COMMON[name] for name in ("--seed", "--json")})
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Run the script, capture its workload and compile it."""
    from neurohw.hardware import load_chip

    if args.chip is None:
        raise SettingError("give --chip CHIP: a preset (see `neurohw chips`) or a TOML file")
    chip = load_chip(args.chip)
    names = list(_names(args))
    network, workload = _captured(args)
    if args.workload is not None:
        _write(args.workload, workload)
    rows = [_mapped(args, network, chip, workload, *pair) for pair in names]
    data = {
        "command": NAME,
        "script": str(args.script),
        "chip": chip.name,
        "cells": network.n_cells,
        "synapses": network.n_synapses,
        "spikes": int(workload.spikes.sum()),
        "mappings": rows,
    }
    fits = any("error" not in row for row in rows)
    return Outcome(DONE if fits else DID_NOT_HOLD, data, _text(data))


def _names(args: argparse.Namespace) -> Iterator[tuple[str, str]]:
    """Yield partitioner and placer of each mapping."""
    from neurohw.compiler import PARTITIONERS, PLACERS

    if args.partitioner not in PARTITIONERS:
        raise UnknownNameError.of("partitioner", args.partitioner, PARTITIONERS)
    if args.placer not in PLACERS:
        raise UnknownNameError.of("placer", args.placer, PLACERS)
    if not args.compare:
        yield args.partitioner, args.placer
        return
    for partitioner in sorted(PARTITIONERS):
        yield from ((partitioner, placer) for placer in sorted(PLACERS))


def _captured(args: argparse.Namespace) -> tuple[Network, NeuronGraph]:
    """Return the network of the script's last run and how often its cells fire in that time."""
    from neurohw.capture import capture

    run = run_script(args.script, args.script_arguments, fidelity="ideal", seed=args.seed)[-1]
    network, seed = run.program.network, args.seed or 0
    return network, capture(network, run.result.until_tick * network.timestep_ms, seed=seed)


def _write(path: Path, workload: NeuronGraph) -> None:
    from neurohw.workload import save_workload

    save_workload(path, workload)
    note(f"wrote cells, synapses and spikes to {path}")


def _mapped(
    args: argparse.Namespace,
    network: Network,
    chip: Chip,
    workload: NeuronGraph,
    partitioner: str,
    placer: str,
) -> dict[str, Any]:
    """Return what one mapping costs, or why there is none."""
    from dataclasses import asdict

    from neurohw.compile_clock import Stopwatch
    from neurohw.compiler import compile_network
    from neurohw.compiler.figures import mapping_figures

    clock = Stopwatch()
    try:
        program = compile_network(
            network,
            chip,
            partitioner=partitioner,
            placer=placer,
            merge_columns=args.merge_columns,
            spikes=workload.spikes,
            seconds=args.seconds,
            seed=args.seed or 0,
        )
    except CapacityError as error:
        if not args.compare:
            raise
        return {"partitioner": partitioner, "placer": placer, "error": str(error)}
    seconds, compiling = clock.read()
    if args.compare:
        note(f"{partitioner}, {placer}: {seconds:.1f} s")
    figures = asdict(mapping_figures(program, workload.spikes))
    names = {"partitioner": partitioner, "placer": placer}
    return {**names, **figures, "seconds": seconds, "compile_seconds": compiling}


def _text(data: Mapping[str, Any]) -> str:
    title = (
        f"{data['cells']:,} cells and {data['synapses']:,} synapses of {data['script']} on chip {data['chip']!r}, "
        f"{data['spikes']:,} spikes"
    )
    keys = [heading.replace(" ", "_") for heading in HEADINGS[:-1]]
    rows, reasons = [], []
    for row in data["mappings"]:
        name = f"{row['partitioner']}, {row['placer']}"
        if "error" in row:
            reasons.append(f"{name}: {row['error']}")
            continue
        rows.append([name, *(f"{row[key]:,}" for key in keys), f"{row['seconds']:.1f}"])
    return "\n".join([title, table(["", *HEADINGS], rows), *reasons])

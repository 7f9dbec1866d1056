"""``neurohw compile``: the network of a PyNN script on a chip, by one mapping algorithm or by all of them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, MAPPING, SCRIPT_EPILOG, add_options, file
from neurohw.cli.compile_mappings import Work, algorithms, check_objective, mapped
from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome, note, timed
from neurohw.cli.script import check_script, run_script
from neurohw.errors import SettingError, UnknownNameError

if TYPE_CHECKING:
    from neurohw.hardware import Chip
    from neurohw.network import Network

NAME = "compile"
FAN_IN = ("error", "merge", "unroll")

DESCRIPTION = """\
Map the network of a PyNN script onto a chip, and say what the mapping costs and how fast it runs at least. The script
runs without delays of the chip (fidelity ideal), and its network once more to count the spikes of every cell: traffic
is weighed by these, and an iteration, whose throughput is guaranteed, is a run with them.
"""
EXAMPLES = """
examples:
  neurohw compile script.py --chip mesh --partitioner multilevel --placer anneal --out mapped
  neurohw compile script.py --chip loihi --compare --objective throughput --seconds 1
  neurohw compile script.py --chip mesh --workload spikes.json
"""


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
    parser.add_argument("script", metavar="SCRIPT", type=file, help="the PyNN script")
    add_options(parser, MAPPING, {name: COMMON[name] for name in ("--seed", "--json")})
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Run the script, capture its workload and compile it."""
    from neurohw.cli.compile_output import copies_data, page_of, text_of, write_folder

    chip, names = _checked(args)
    work, iteration_ms = _captured(args, chip)
    rows, best = mapped(args, work, names)
    data = _data(args, work, iteration_ms) | {"mappings": rows}
    page = page_of(args, data, work, best)
    if page is not None and page.copies is not None:
        data["duplicated"] = copies_data(page.copies, chip.cycle_ns)
    if page is not None and args.out is not None:
        write_folder(args.out, args, data, page)
    return Outcome(DONE if page is not None else DID_NOT_HOLD, data, text_of(data, page))


def _checked(args: argparse.Namespace) -> tuple[Chip, list[tuple[str, str]]]:
    """Refuse bad options before anything runs; return the chip, and partitioner and placer of each mapping."""
    from neurohw.analysis.run_folder import check_out
    from neurohw.cli.compile_output import WRITTEN
    from neurohw.files import check_written
    from neurohw.hardware import load_chip
    from neurohw.workload.file import check_format

    check_script(args.script)
    if args.chip is None:
        raise SettingError("give --chip CHIP: a preset (see `neurohw chips`) or a TOML file")
    chip, names = load_chip(args.chip), algorithms(args)
    check_objective(args.objective)
    if args.duplicate == 1:
        raise SettingError("--duplicate 1: must be at least 2, a tile and its copy")
    if args.fan_in not in FAN_IN:
        raise UnknownNameError.of("way of --fan-in", args.fan_in, FAN_IN)
    of_folder = {} if args.out is None else {f"{name} of --out": args.out / name for name in WRITTEN}
    check_written({"--workload": args.workload}, {"SCRIPT": args.script, "--chip": args.chip, **of_folder})
    if args.workload is not None:
        check_format(args.workload)
    check_out(args.out, args.script, WRITTEN)
    return chip, names


def _data(args: argparse.Namespace, work: Work, iteration_ms: float) -> dict[str, Any]:
    from neurohw.wording import counted

    network, n_spikes = work.network, int(work.spikes.sum())
    return {
        "command": NAME,
        "script": str(args.script),
        "chip": work.chip.name,
        "cells": network.n_cells,
        "synapses": network.n_synapses,
        "spikes": n_spikes,
        "iteration_ms": iteration_ms,
        "objective": args.objective,
        "title": f"{counted(network.n_cells, 'cell')} and {counted(network.n_synapses, 'synapse')} of {args.script} on "
        f"chip {work.chip.name!r}, {counted(n_spikes, 'spike')}",
        "folder": None if args.out is None else str(args.out),
    }


def _captured(args: argparse.Namespace, chip: Chip) -> tuple[Work, float]:
    """Return the network of the script's last run with its spikes, and the ms of an iteration."""
    import numpy as np

    from neurohw.capture import most_spikes, record

    with timed(f"{args.script}, fidelity ideal, to count spikes"):
        run = run_script(args.script, args.script_arguments, fidelity="ideal", seed=args.seed)[-1]
    network, until_tick = run.program.network, run.result.until_tick
    duration_ms, seed = until_tick * network.timestep_ms, args.seed or 0
    window = _iteration(args, network, until_tick)
    spikes = record(network, duration_ms, seed=seed)
    count = np.bincount(spikes.ids, minlength=network.n_cells)
    if args.workload is not None:
        _write(args.workload, network, count)
    if args.fan_in == "unroll":
        network = _unrolled(network, chip)
    if network is not run.program.network:
        spikes, before = record(network, duration_ms, seed=seed), count
        count = np.bincount(spikes.ids, minlength=network.n_cells)
        own = int(count[: before.size].sum())
        note(f"the network's own cells fire {own:,} spikes with relays, and {before.sum():,} without")
    most, of_tick = (most_spikes(spikes, network.n_cells, ticks) for ticks in (window, 1))
    return Work(network, chip, count, most, of_tick), window * network.timestep_ms


def _iteration(args: argparse.Namespace, network: Network, until_tick: int) -> int:
    """Return the ticks of an iteration."""
    if until_tick < 1:
        raise SettingError(f"{args.script}: the script runs for 0 ms, in which no cell can fire")
    window = until_tick if args.iteration is None else network.tick(args.iteration)
    if not 1 <= window <= until_tick:
        raise SettingError(
            f"--iteration {args.iteration:g}: must be from a tick of {network.timestep_ms:g} ms to the "
            f"{until_tick * network.timestep_ms:g} ms that the script runs"
        )
    return window


def _unrolled(network: Network, chip: Chip) -> Network:
    """Return the network with relays before neurons with too many inputs, and say what that means."""
    from neurohw.compiler.unrolling import unroll_network
    from neurohw.wording import counted

    unrolled = unroll_network(network, chip.crossbar.rows)
    if unrolled.n_relays:
        note(
            f"neurohw: {counted(unrolled.n_relays, 'relay')} before {counted(unrolled.n_unrolled, 'neuron')} with more "
            f"than {counted(chip.crossbar.rows, 'input')}; results change: spikes that reach a relay together become "
            "one, of the mean weight"
        )
    return unrolled.network


def _write(path: Path, network: Network, count: Any) -> None:
    from neurohw.capture import workload_of
    from neurohw.workload import save_workload

    save_workload(path, workload_of(network, count))
    note(f"wrote cells, synapses and spikes to {path}")

"""``neurohw noc``: latency over load of an interconnect alone, beside the exact bound of its links."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from math import inf, isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import COMMON, folder, positive_count, positive_ms
from neurohw.cli.outcome import DONE, Outcome, note, showing_progress, table
from neurohw.errors import SettingError

if TYPE_CHECKING:
    from neurohw.analysis.noc import LoadCurve
    from neurohw.hardware import Chip
    from neurohw.traffic import RecordedPackets

NAME = "noc"
DEFAULT_TICK_MS = 0.1
CURVE = ("curve.csv", "curve.png", "curve.svg")

DESCRIPTION = """\
Send packets over the interconnect of a chip, without neurons, and print latency and accepted load over offered load
beside the exact bound: the load at which the busiest link is always busy. Loads are in flits per tile and cycle.
Latencies are in cycles, from the making of a packet, waiting at its source included, to the arrival of its last flit.
Steady is a load at which waiting does not grow with time. Packets wait for a place in a full buffer, whatever the
chip's policy; encoders, crossbars and barriers take no part. The first run compiles for up to a minute.
"""
EPILOG = """\
examples:
  neurohw noc                                       8x8 mesh, loads up to the bound
  neurohw noc --topology torus --size 16x16 --pattern tornado --depth 8
  neurohw noc --chip loihi --pattern hotspot --load 0.01,0.02
  neurohw noc --chip loihi --trace packets.csv      recorded packets: cycle, source tile, destination tile
"""


def tile_counts(text: str) -> tuple[int, ...]:
    """Read ``8x8`` or ``64``.

    Raises
    ------
    ArgumentTypeError
        For anything else.
    """
    parts = text.lower().split("x")
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(
            f"{text!r} must be columns x rows of tiles, as 8x8, or a number of tiles"
        )
    return tuple(int(part) for part in parts)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 0")
    return int(text)


def _depth(text: str) -> float:
    return inf if text == "inf" else positive_count(text)


def _loads(text: str) -> list[float]:
    loads = []
    for part in text.split(","):
        try:
            load = float(part)
        except ValueError:
            load = inf
        if not (isfinite(load) and 0 < load <= 1):
            raise argparse.ArgumentTypeError(
                f"{part!r} must be a load above 0 and at most 1 flit per tile and cycle"
            )
        loads.append(load)
    return loads


COUNT = {"type": _count, "metavar": "N"}
AT_LEAST_ONE = {"type": positive_count, "metavar": "N"}

# titles of groups -> options -> (settings of argparse, help)
OPTIONS: Mapping[str, Mapping[str, tuple[dict[str, Any], str]]] = {
    "interconnect (with --chip, these change the chip's own numbers)": {
        "--chip": ({"metavar": "CHIP"}, "name of a preset (see `neurohw chips`) or a TOML file"),
        "--topology": ({"metavar": "NAME"}, "mesh, torus, ring, tree, star, bus or ideal (default: mesh)"),
        "--size": (
            {"type": tile_counts, "metavar": "WxH"},
            "tiles, as 8x8 or 64; of a tree also 2x2x16, chips and leaves (default: 8x8)",
        ),
        "--depth": ({"type": _depth, "metavar": "N"}, "packets in one buffer, or inf (default: 4)"),
        "--hop-cycles": (COUNT, "from router to router (default: 3)"),
        "--credit-cycles": (COUNT, "until a router knows of a place that has become free (default: 2)"),
        "--flits": (AT_LEAST_ONE, "of a packet; a link takes one a cycle (default: 1)"),
    },
    "traffic": {
        "--pattern": (
            {"metavar": "NAME"},
            "uniform, transpose, bitcomp, bitrev, shuffle, tornado, neighbor, hotspot or hotspot:TILE "
            "(default: uniform)",
        ),
        "--trace": (
            {"type": Path, "metavar": "CSV"},
            "send recorded packets instead (columns cycle, source, destination, or the file of `neurohw run "
            "--messages`); --load makes them faster or slower",
        ),
        "--timestep": (
            {"type": positive_ms, "metavar": "MS"},
            "tick of the run whose messages are sent (default: 0.1); with --trace",
        ),
        "--load": ({"type": _loads, "metavar": "X,Y,..."}, "above 0 to 1 (default: shares of the bound)"),
        "--cycles": (
            AT_LEAST_ONE,
            "packets made in these are measured, after a third as many more (default: 10000 for each flit); "
            "recorded ones are all measured",
        ),
        "--seed": (
            {"type": int, "metavar": "N"},
            "of random packets, and of ways where a topology has several (default: 1)",
        ),
    },
    "simulation": {
        "--fidelity": (
            {"metavar": "LEVEL", "default": "credit"},
            "credit: finite buffers; fcfs: endless ones, links in order of arrival; latency: links always free "
            "(default: credit)",
        ),
        "--backend": ({"metavar": "NAME", "default": "event"}, "that simulates (default: event)"),
        "--out": (
            {"type": folder, "metavar": "DIR"},
            "folder for curve.csv, curve.png, curve.svg and the chip",
        ),
    },
}


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="latency over load of an interconnect, without neurons",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    for title, options in OPTIONS.items():
        group = parser.add_argument_group(title)
        for flag, (settings, text) in options.items():
            group.add_argument(flag, help=text, **settings)
    parser.add_argument("--json", **COMMON["--json"])
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Measure the curve and write what was asked for."""
    from neurohw.analysis.noc import latency_load_curve
    from neurohw.analysis.run_folder import check_out

    check_out(args.out, written=CURVE)
    chip = _chip(args)
    _refuse_without_effect(args, chip)
    traffic = _traffic(args, chip)
    seed = 1 if args.seed is None else args.seed
    with showing_progress():
        curve = latency_load_curve(
            chip,
            traffic,
            args.load,
            fidelity=args.fidelity,
            cycles=args.cycles,
            seed=seed,
            backend=args.backend,
        )
    if args.out is not None:
        _write(args.out, curve, chip)
    wires = chip.interconnect
    data = {
        "command": NAME,
        **curve.to_dict(),
        "topology": wires.topology,
        "tiles": chip.n_tiles,
        "depth": wires.buffer_packets,
        "hop_cycles": wires.hop_cycles,
        "credit_cycles": wires.credit_cycles,
        "seed": seed,
        "folder": None if args.out is None else str(args.out),
    }
    return Outcome(DONE, data, _text(curve, chip))


def _refuse_without_effect(args: argparse.Namespace, chip: Chip) -> None:
    """Refuse options that would change nothing."""
    from neurohw.hardware.topology import topology_of

    if args.trace is None and args.timestep is not None:
        raise SettingError(f"--timestep {args.timestep:g}: only with --trace, whose ticks it gives")
    if args.trace is None:
        return
    if args.pattern is not None:
        raise SettingError(f"--pattern {args.pattern}: not with --trace, which says where each packet goes")
    if args.cycles is not None:
        raise SettingError(f"--cycles {args.cycles}: not with --trace, all of whose packets are measured")
    if args.seed is not None and topology_of(chip.interconnect).n_variants == 1:
        raise SettingError(
            f"--seed {args.seed}: not with --trace on topology {chip.interconnect.topology!r}; nothing is drawn"
        )


def _traffic(args: argparse.Namespace, chip: Chip) -> str | RecordedPackets:
    """Return the name of a pattern, or the packets of a file."""
    from neurohw.analysis.packet_file import read_packets

    if args.trace is None:
        return args.pattern or "uniform"
    return read_packets(args.trace, chip, DEFAULT_TICK_MS if args.timestep is None else args.timestep)


def _chip(args: argparse.Namespace) -> Chip:
    """Return the chip asked for, with the numbers asked for."""
    from neurohw.hardware import load_chip
    from neurohw.traffic.interconnects import interconnect_chip, packet_of, shape_of

    names = ("depth", "hop_cycles", "credit_cycles", "flits")
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    if args.chip is None:
        return interconnect_chip(args.topology or "mesh", args.size or (8, 8), **given)
    chip = load_chip(args.chip)
    topology = args.topology or chip.interconnect.topology
    changes: dict[str, Any] = {"topology": topology}
    if args.size is not None:
        changes |= shape_of(topology, args.size)
    if "flits" in given:
        changes |= packet_of(chip.clock_mhz, given.pop("flits"))
    if "depth" in given:
        changes["buffer_packets"] = given.pop("depth")
    return chip.replace(**changes, **given)


def _write(folder: Path, curve: LoadCurve, chip: Chip) -> None:
    from neurohw.analysis.run_folder import write_surroundings
    from neurohw.files import replacing, write_text

    write_surroundings(folder, chip=chip, script=None)
    table_file, *pictures = CURVE
    write_text(folder / table_file, curve.to_csv())
    figure = curve.plot()
    for picture in pictures:
        with replacing(folder / picture) as temporary:
            figure.savefig(temporary, format=Path(picture).suffix[1:])
    note(f"wrote {', '.join(CURVE)} and the chip in {folder}")


def _text(curve: LoadCurve, chip: Chip) -> str:
    from neurohw.wording import counted, number

    wires = chip.interconnect
    title = (
        f"{curve.chip}: {wires.topology} of {chip.n_tiles} tiles, buffers: {counted(wires.buffer_packets, 'packet')}, "
        f"{counted(curve.flits, 'flit')} a packet; {curve.traffic} traffic, fidelity {curve.fidelity}"
    )
    headings = ["load", "accepted", "mean latency", "99 %", "least", "most", "hops", "steady"]
    rows = [
        [
            f"{point.load:.4g}",
            f"{point.accepted:.4g}",
            *(number(value, 5) for value in (point.latency_mean, point.latency_p99)),
            *(number(value) for value in (point.latency_min, point.latency_max, point.hops)),
            "yes" if point.steady else "no",
        ]
        for point in curve.points
    ]
    notes = [_bound_text(curve)]
    if wires.full_buffer != "block" and curve.fidelity == "credit":
        notes.append(
            f"packets waited where buffers were full; full_buffer = {wires.full_buffer!r} of the chip loses some"
        )
    return "\n".join([title, "", table(headings, rows), "", *notes])


def _bound_text(curve: LoadCurve) -> str:
    if curve.busiest_link is None:
        return "no link limits the load"
    bound = (
        f"ideal bound {curve.ideal_saturation:.4g} flits per tile and cycle, set by link {curve.busiest_link}"
    )
    steady = (
        "no load was steady" if curve.steady_up_to is None else f"steady up to load {curve.steady_up_to:.4g}"
    )
    return f"{bound}; {steady}"

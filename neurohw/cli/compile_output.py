"""What ``neurohw compile`` says of mappings: a table and, of the best one, what limits it; a folder with pictures."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from neurohw.cli.outcome import note, table

if TYPE_CHECKING:
    from neurohw.analysis.mapping_page import MappingPage
    from neurohw.cli.compile_mappings import Mapped, Work
    from neurohw.compiler.schedule import Duplicated
    from neurohw.program import Program

PAGE, MAPPINGS, TILES = "report.html", "mappings.json", "tiles.txt"
CERTIFICATE, PLATFORM = "certificate.json", "platform.json"
PICTURES = tuple(f"{name}.{suffix}" for name in ("mapping", "schedule") for suffix in ("png", "svg"))
WRITTEN = (PAGE, MAPPINGS, TILES, CERTIFICATE, PLATFORM, *PICTURES)
REASONS = ("error", "no_guarantee", "not_simulated")  # of a row: why it, or a cell, is empty
MOST_SENTENCES = 6
MOST_NODES = 3_000_000  # of routes, for the longest step: some 3 s


def text_of(data: Mapping[str, Any], page: MappingPage | None) -> str:
    """Return what people read."""
    from neurohw.analysis.mapping_page import HEADINGS, mapping_cells

    rows = [mapping_cells(row) for row in data["mappings"] if "error" not in row]
    parts = [data["title"]]
    if rows:
        parts.append(table(HEADINGS, rows))
    parts += _reasons(data["mappings"], ("error",) if len(rows) == 1 else REASONS)
    if page is not None:
        parts += ["", *_details(page)]
    return "\n".join(parts)


def _reasons(rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> list[str]:
    """Return why mappings do not fit or cells are empty; the placers of a partitioner mostly have the same reason."""
    names: dict[str, list[str]] = {}
    for row in rows:
        for reason in filter(None, map(row.get, keys)):
            names.setdefault(reason, []).append(f"{row['partitioner']}, {row['placer']}")
    others = {error: f" and {len(of) - 1} more" if len(of) > 1 else "" for error, of in names.items()}
    return [f"{of[0]}{others[error]}: {error}" for error, of in names.items()]


def _details(page: MappingPage) -> list[str]:
    lines = [f"{name:14}{value}   {remark}".rstrip() for name, value, remark in page.facts()]
    sentences = page.critical()
    lines += [
        f"{'limited by' if not n else '':14}{text}" for n, text in enumerate(sentences[:MOST_SENTENCES])
    ]
    if len(sentences) > MOST_SENTENCES:
        lines.append(f"{'':14}and {len(sentences) - MOST_SENTENCES} steps more")
    return lines


def page_of(
    args: argparse.Namespace, data: Mapping[str, Any], work: Work, best: Mapped
) -> MappingPage | None:
    """Return the page of the best mapping, None where none fits."""
    import shlex
    import sys

    from neurohw.analysis.mapping_page import MappingPage

    if best.program is None:
        return None
    return MappingPage(
        title=args.script.name,
        subtitle=data["title"],
        rows=[row for row in data["mappings"] if "error" not in row],
        program=best.program,
        spikes=work.spikes,
        throughput=best.throughput,
        no_guarantee=best.row["no_guarantee"],
        iteration_ms=data["iteration_ms"],
        longest_step=_longest_step(best.program, work),
        copies=_copies(args, best, work),
        objective=args.objective,
        command=shlex.join(["neurohw", *sys.argv[1:]]) if Path(sys.argv[0]).stem == "neurohw" else None,
    )


def _copies(args: argparse.Namespace, best: Mapped, work: Work) -> Duplicated | None:
    """Return copies of tiles that raise the throughput, where they are asked for."""
    from neurohw.compiler.schedule import duplicate_bottlenecks

    if args.duplicate is None or best.program is None or best.throughput is None:
        return None
    found = duplicate_bottlenecks(best.program, work.spikes_of_iteration, args.duplicate)
    if found is None:
        note("neurohw: no copy of a tile raises the throughput, no tile is free, or 256 and more are in use")
    return found


def copies_data(found: Duplicated, cycle_ns: float) -> dict[str, Any]:
    """Return what programs want to know of copies."""
    periods = {
        "before_hz": found.period_before,
        "guaranteed_hz": found.period,
        "simulated_hz": found.simulated_period,
    }
    rates = {name: 1e9 / (float(period) * cycle_ns) for name, period in periods.items()}
    return {"copies_of_tile": found.copies_of_tile, **rates}


def _longest_step(program: Program, work: Work) -> int | None:
    """Return the cycles that a step takes at most on a chip whose tiles wait for each other, None on others."""
    from neurohw.compiler.schedule import longest_tick

    if work.chip.synchronisation.sync != "barrier":
        return None
    if program.routes is None or len(program.routes.node_link) > MOST_NODES:
        return None
    return longest_tick(program, work.spikes_of_tick)


def write_folder(folder: Path, args: argparse.Namespace, data: Mapping[str, Any], page: MappingPage) -> None:
    """Write the page, pictures, rows, certificate, platform, chip and versions."""
    from neurohw.analysis.mapping_page import write_mapping_page
    from neurohw.analysis.plain import to_json
    from neurohw.analysis.plots.style import write_figure
    from neurohw.analysis.run_folder import make_folder, write_surroundings
    from neurohw.compiler.schedule import program_platform
    from neurohw.files import write_text
    from neurohw.interchange import certificate_text, platform_text

    made = make_folder(folder, "")
    write_mapping_page(made / PAGE, page)
    for name, figure in page.figures().items():
        write_figure(made / name, figure)
    write_text(made / MAPPINGS, to_json(data, indent=1) + "\n")
    write_text(made / TILES, _places(page))
    if page.throughput is not None:
        certificate = page.throughput.certificate
        write_text(made / CERTIFICATE, certificate_text(certificate))
        write_text(made / PLATFORM, platform_text(program_platform(page.program, certificate.pairs())))
    write_surroundings(made, chip=page.program.chip, script=args.script)
    note(f"report, pictures and certificate in {made}")


def _places(page: MappingPage) -> str:
    """Return a line for each neuron: cell, cluster, tile."""
    clusters, placement = page.program.clusters, page.program.placement
    if clusters is None or placement is None:
        return ""
    columns = clusters.cluster_of_cell.tolist(), placement.tile_of_cell.tolist()
    lines = (f"{cell} {c} {t}\n" for cell, (c, t) in enumerate(zip(*columns, strict=True)) if c >= 0)
    return "# cell cluster tile\n" + "".join(lines)

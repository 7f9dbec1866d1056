"""``neurohw vmm mnist``: digits told apart by a network of floats, quantised, on chips, and trained on them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, Any

from neurohw.cli.arguments import add_options, positive_count
from neurohw.cli.outcome import DONE, Outcome, note, showing_progress, table
from neurohw.cli.vmm.options import BACKEND, OUTPUT, note_written, whole_number

if TYPE_CHECKING:
    from neurohw.ann.chain import ChainOutcome
    from neurohw.datasets import Dataset

NAME = "mnist"
MNIST = "mnist"  # the data of the published row
TABLE, LOG, NETWORK = "chain.json", "training-{}.csv", "network-{}.pt"  # of a run folder
DESCRIPTION = """\
Train the network of Weis et al. 2020 (arXiv 2006.13177) for handwritten digits with floats, quantise it, take it to
chips as they were made and calibrated, train it on each chip in the loop, and take what one chip has learnt to another.
Prints the share of test digits told right beside the published one, and time and energy of an image.
Needs PyTorch, and the files of MNIST (or --quick, which takes scikit-learn's small digits).
"""


def _seeds(text: str) -> list[int]:
    return [whole_number(part) for part in text.split(",")]


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser(
        NAME,
        help="a network for digits, from floats to chips trained in the loop",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--unit",
        metavar="UNIT",
        default="brainscales2",
        help="analog unit: name of a preset or a TOML file (default: brainscales2)",
    )
    parser.add_argument(
        "--chips",
        type=_seeds,
        default=[1, 2, 3],
        metavar="N,N,...",
        help="seeds of the chips' fixed patterns, two or more (default: 1,2,3)",
    )
    parser.add_argument(
        "--data",
        type=Path,
        metavar="DIR",
        help="folder of MNIST's four files (default: $NEUROHW_DATA/mnist or $NEUROHW_DATA)",
    )
    parser.add_argument(
        "--samples", type=positive_count, metavar="N", help="only the first N training samples (default: all)"
    )
    parser.add_argument(
        "--quick",
        action="store_true",
        help="scikit-learn's 1,797 digits of 8 x 8 pixels instead; 1 to 2 minutes",
    )
    parser.add_argument(
        "--seed",
        type=whole_number,
        default=0,
        metavar="N",
        help="of initial weights, order of samples and noise (default: 0)",
    )
    parser.add_argument(
        "--threads", type=positive_count, metavar="N", help="that PyTorch may use (default: its own choice)"
    )
    add_options(parser, OUTPUT)
    parser.set_defaults(execute=execute)


def execute(args: argparse.Namespace) -> Outcome:
    """Run the chain and write the folder."""
    from neurohw.analysis.run_folder import check_out

    check_out(args.out, written=(TABLE,))
    outcome = _run(args)
    folder = _write(args, outcome)
    data = {"command": f"vmm {NAME}", **outcome.to_dict(), "folder": str(folder)}
    return Outcome(DONE, data, f"{_text(outcome)}\n\ntable, logs of training and networks: {folder}")


def _run(args: argparse.Namespace) -> ChainOutcome:
    from neurohw.ann.chain import FULL, QUICK, run_chain
    from neurohw.ann.threads import threads

    dataset = _dataset(args)
    with showing_progress(), threads(args.threads):
        return run_chain(
            dataset,
            unit=args.unit,
            chip_seeds=args.chips,
            seed=args.seed,
            settings=QUICK if args.quick else FULL,
            backend=BACKEND,
            say=note,
        )


def _dataset(args: argparse.Namespace) -> Dataset:
    from neurohw.datasets import load_digits, load_mnist

    dataset = load_digits() if args.quick else load_mnist(args.data)
    if args.samples is None:
        return dataset
    return dataset.first(args.samples, len(dataset.test_labels))


def _write(args: argparse.Namespace, outcome: ChainOutcome) -> Path:
    import torch

    from neurohw.analysis.plain import to_json
    from neurohw.analysis.run_folder import make_folder, write_surroundings
    from neurohw.ann.chain import save_network
    from neurohw.files import write_text

    folder = make_folder(args.out, f"vmm-{NAME}")
    earlier = files_of_earlier(folder)
    written = []
    for label, log in outcome.logs.items():
        name = label.replace(", ", "-").replace(" ", "-")
        log.save(folder / LOG.format(name))
        save_network(outcome.networks[label], folder / NETWORK.format(name))
        written += [LOG.format(name), NETWORK.format(name)]
    write_text(folder / TABLE, to_json({**outcome.to_dict(), "files": written}, indent=1))
    for name in {*earlier} - {*written}:
        (folder / name).unlink(missing_ok=True)
    write_surroundings(folder, chip=None, script=None)
    given = {
        "--data": args.data,
        "--samples": args.samples,
        "--threads": args.threads or torch.get_num_threads(),  # sums are rounded by it
    }
    note_written(
        folder,
        NAME,
        f"--unit={args.unit}",
        f"--chips={','.join(map(str, args.chips))}",
        f"--seed={args.seed}",
        *(["--quick"] if args.quick else []),
        *(f"{option}={value}" for option, value in given.items() if value is not None),
    )
    return folder


def files_of_earlier(folder: Path) -> list[str]:
    """Return the files that an earlier run named after its chips, which shall not mix with the new ones."""
    try:
        files = json.loads((folder / TABLE).read_text("utf-8"))["files"]
        return [Path(name).name for name in files]
    except (OSError, ValueError, KeyError, TypeError):
        return []  # no table, or a damaged one: of no file is it known that a run wrote it


def _text(outcome: ChainOutcome) -> str:
    title = (
        f"{outcome.dataset}: {outcome.train_samples} digits to train, {outcome.test_samples} to test; "
        f"unit {outcome.unit}; per cent told right"
    )
    chips = [f"chip {chip.seed}" for chip in outcome.chips]
    published = "Weis et al. 2020" if outcome.dataset == MNIST else f"Weis et al. 2020, of {MNIST}"
    rows = table(["", *chips, published], _rows(outcome))
    return f"{title}\n\n{rows}\n\n{_many_text(outcome)}\n\n{_cost_text(outcome)}"


def _many_text(outcome: ChainOutcome) -> str:
    from neurohw.ann.chain import PUBLISHED

    shares = [100 * share for share in outcome.direct_of_many]
    least, middle, most = (100 * outcome.quantised - share for share in reversed(quantiles(shares, n=4)))
    published = 100 * (PUBLISHED["quantised"] - PUBLISHED["direct"])
    return (
        f"{len(shares)} chips as made: {min(shares):.2f} to {max(shares):.2f}, median {median(shares):.2f}. "
        f"The median chip loses {middle:.1f} points,\n"
        f"the middle half {least:.1f} to {most:.1f}; published: {published:.1f} on one chip."
    )


def _rows(outcome: ChainOutcome) -> list[list[str]]:
    from neurohw.ann.chain import PUBLISHED

    chips = outcome.chips
    same: Sequence[tuple[str, float, float | None]] = (
        ("floats", outcome.floats, PUBLISHED["floats"]),
        ("quantised", outcome.quantised, PUBLISHED["quantised"]),
        ("quantised, with noise", outcome.with_noise, None),
    )
    each: Sequence[tuple[str, list[float], float | None]] = (
        ("on the chip as made", [chip.direct for chip in chips], PUBLISHED["direct"]),
        ("on the chip calibrated", [chip.calibrated for chip in chips], None),
        ("trained in the loop", [chip.in_the_loop for chip in chips], PUBLISHED["in_the_loop"]),
        (
            f"its weights on chip {', '.join(str(chip.other_seed) for chip in chips)}",
            [chip.on_other for chip in chips],
            None,
        ),
    )
    return [
        [name, *[_percent(share)] * len(chips), _percent(published)] for name, share, published in same
    ] + [[name, *map(_percent, shares), _percent(published)] for name, shares, published in each]


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.2f}"


def _cost_text(outcome: ChainOutcome) -> str:
    from neurohw.ann.chain.outcome import PUBLISHED_ENERGY_MJ, PUBLISHED_POWER_W

    rows = [
        [
            cost.layer,
            str(cost.blocks),
            f"{cost.runs / outcome.cost_samples:.0f}",
            f"{cost.events / outcome.cost_samples:.0f}",
            f"{100 * cost.utilisation:.1f} %",
            f"{cost.time_us / outcome.cost_samples:.0f}",
            f"{cost.energy_uj / outcome.cost_samples:.1f}",
        ]
        for cost in outcome.costs
    ]
    headings = ["layer", "blocks", "runs", "events", "synapses used", "us", "uJ"]
    published_ms = PUBLISHED_ENERGY_MJ / PUBLISHED_POWER_W
    same_power = " The power is the same." if outcome.power_w == PUBLISHED_POWER_W else ""
    return "\n".join(
        [
            table(headings, rows),
            "",
            f"an image: {outcome.runs:.0f} runs, {outcome.time_us / 1000:.2f} ms, {outcome.energy_mj:.2f} mJ at "
            f"{outcome.power_w:g} W.",
            f"Published: {PUBLISHED_ENERGY_MJ:g} mJ at {PUBLISHED_POWER_W:g} W, which is {published_ms:.0f} ms an "
            f"image.{same_power} The time here is that of runs",
            "and their events alone. Writing weights, and vectors and results on their way between host and chip, are "
            "no part of it.",
        ]
    )

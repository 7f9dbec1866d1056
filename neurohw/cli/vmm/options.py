"""Options that the commands of ``neurohw vmm`` share, and the chip that they name."""

from __future__ import annotations

import argparse
import shlex
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from neurohw.cli.arguments import COMMON
from neurohw.cli.outcome import note
from neurohw.errors import SettingError

DEFAULT_SEED = 1
BACKEND = "analog"
UNIT = "unit.toml"  # of a run folder


def whole_number(text: str) -> int:
    """Read a whole number of at least 0.

    Raises
    ------
    ArgumentTypeError
        For anything else.
    """
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 0")
    return int(text)


CHIP: Mapping[str, Mapping[str, Any]] = {
    "--unit": {
        "metavar": "UNIT",
        "default": "brainscales2",
        "help": "analog unit: name of a preset or a TOML file (default: brainscales2)",
    },
    "--seed": {
        "type": whole_number,
        "metavar": "N",
        "help": "which chip: seed of its fixed pattern (default: 1)",
    },
    "--ideal": {"action": "store_true", "help": "a chip of gain and noise only, as hxtorch's mock"},
    "--noise-seed": {
        "type": whole_number,
        "default": 0,
        "metavar": "N",
        "help": "seed of the noise (default: 0)",
    },
}
OUTPUT: Mapping[str, Mapping[str, Any]] = {"--out": COMMON["--out"], "--json": COMMON["--json"]}
CALIBRATION: Mapping[str, Mapping[str, Any]] = {
    "--calibration": {
        "type": Path,
        "metavar": "FILE",
        "help": "calibration of this chip (calibration.npz of `neurohw vmm calibrate`)",
    },
}


def chip_of(args: argparse.Namespace) -> Any:
    """Return the chip that the options name."""
    from neurohw.backend import load_matrix
    from neurohw.hardware.analog import load_unit

    unit = load_unit(args.unit)
    backend = load_matrix(BACKEND)
    if args.ideal and args.seed is not None:
        raise SettingError(f"--ideal has no fixed pattern for --seed {args.seed}; leave one of them out")
    if args.ideal:
        return backend.chip(unit.ideal(), noise_seed=args.noise_seed)
    return backend.chip(unit, seed_of(args), noise_seed=args.noise_seed)


def seed_of(args: argparse.Namespace) -> int | None:
    """Return the seed of the chip that the options name; None: it has no fixed pattern."""
    if args.ideal:
        return None
    seed: int = DEFAULT_SEED if args.seed is None else args.seed
    return seed


def chip_text(args: argparse.Namespace) -> str:
    """Return the name of the chip that the options name."""
    return f"{args.unit}, ideal" if args.ideal else f"{args.unit}, chip {seed_of(args)}"


def chip_options(args: argparse.Namespace) -> list[str]:
    """Return the options that name the chip again."""
    which = "--ideal" if args.ideal else f"--seed={seed_of(args)}"
    return [f"--unit={args.unit}", which, f"--noise-seed={args.noise_seed}"]


def apply(calibration: Any, chip: Any) -> None:
    """Set the trims of a chip, and say where the calibration hardly succeeded."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        calibration.apply_to(chip)
    for warning in caught:
        note(str(warning.message))


def note_written(folder: Path, name: str, *options: str) -> None:
    """Say which command gives the same again, and where its files are."""
    note(f"{shlex.join(['neurohw', 'vmm', name, *options])}: wrote {folder}")


def write_unit(folder: Path, args: argparse.Namespace) -> None:
    """Write the analog unit into a run folder, with the source of every number."""
    from neurohw.files import write_text
    from neurohw.hardware.analog import load_unit, unit_to_toml

    write_text(folder / UNIT, unit_to_toml(load_unit(args.unit)))

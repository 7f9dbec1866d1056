"""``neurohw validate --vmm``: products of the analog chip against the same products as a spiking process."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from neurohw.cli.outcome import DID_NOT_HOLD, DONE, Outcome, showing_progress, table, timed
from neurohw.errors import SettingError

if TYPE_CHECKING:
    import numpy as np

    from neurohw.backend import MatrixReference
    from neurohw.hardware.analog import AnalogUnit

UNIT = "brainscales2"
PRODUCTS = 3  # of each case
VECTORS, ROWS, COLUMNS = 6, 200, 16  # the rows take two arrays
# LSB; arrays hold weights rounded to parts of a step, so that sums are exact
CLOSED_FORM, INTEGRATED, ROUNDED = 1e-9, 1e-3, 0.1
LEAK, CURRENT, LIMIT = "tau_mem_us", "tau_syn_us", "saturation"
# from where effects are drawn: us, us, LSB per us
RANGES = {LEAK: (5.0, 50.0), CURRENT: (0.1, 2.0), LIMIT: (5.0, 50.0)}


@dataclass(frozen=True)
class Case:
    """What is compared: effects that are drawn, with or without a fixed pattern, and how near results must be."""

    letter: str
    what: str
    effects: tuple[str, ...] = ()
    pattern: str = ""  # "held": weights as the chip holds them; "drawn": the reference makes them
    tolerance: float = CLOSED_FORM

    @property
    def equal_codes(self) -> bool:
        """Whether all results must be equal, too."""
        return self.pattern != "drawn"


CASES = (
    Case("A", "charge arrives at once"),
    Case("B", "leak", (LEAK,)),
    Case("C", "synaptic current", (CURRENT,)),
    Case("C", "synaptic current and leak", (CURRENT, LEAK)),
    Case("D", "saturating current and leak", (CURRENT, LEAK, LIMIT), tolerance=INTEGRATED),
    Case("F", "mismatch", pattern="held"),
    Case("F", "mismatch, current and leak", (CURRENT, LEAK), pattern="held"),
    Case("F", "mismatch, before rounding", pattern="drawn", tolerance=ROUNDED),
)


@dataclass(frozen=True)
class Agreement:
    """A case as it was found."""

    case: Case
    results: int
    equal: int
    difference: float  # the largest, LSB

    @property
    def holds(self) -> bool:
        """Whether the chip gives what the reference gives."""
        near = self.difference <= self.case.tolerance
        return near and (self.equal == self.results or not self.case.equal_codes)

    def to_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return {
            **asdict(self.case),
            "results": self.results,
            "equal_codes": self.equal,
            "largest_difference_lsb": self.difference,
            "holds": self.holds,
        }


def execute(args: argparse.Namespace) -> Outcome:
    """Compare all cases."""
    from neurohw.backend import load_reference
    from neurohw.hardware.analog import load_unit

    seed = 0 if args.seed is None else args.seed
    if seed < 0:
        raise SettingError(f"--seed {seed} must be at least 0")
    reference = load_reference(args.against)
    unit = load_unit(UNIT).replace(noise=0.0)
    agreements = []
    with showing_progress():
        for number, case in enumerate(CASES):
            with timed(f"{case.letter}: {case.what}"):
                agreements.append(compare(unit, case, reference, (seed, number)))
    holds = all(agreement.holds for agreement in agreements)
    data = {
        "command": "validate",
        "against": args.against,
        "unit": unit.name,
        "seed": seed,
        "holds": holds,
        "cases": [agreement.to_dict() for agreement in agreements],
    }
    return Outcome(DONE if holds else DID_NOT_HOLD, data, _text(data, agreements))


def compare(unit: AnalogUnit, case: Case, reference: MatrixReference, seed: tuple[int, int]) -> Agreement:
    """Make the products of a case on a chip and on the reference."""
    import numpy as np

    results = equal = 0
    difference = 0.0
    for own, codes, other, other_codes in _products(unit, case, reference, np.random.default_rng(seed)):
        results += codes.size
        equal += int((codes == other_codes).sum())
        difference = max(difference, float(abs(own - other).max()))
    return Agreement(case, results, equal, difference)


def _products(
    unit: AnalogUnit, case: Case, reference: MatrixReference, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]]:
    """Yield LSB and results of the chip, then of the reference, for random operands and effects."""
    import numpy as np

    from neurohw.backend import load_matrix

    for product in range(PRODUCTS):
        effects = {name: float(rng.uniform(*RANGES[name])) for name in case.effects}
        changed = unit.replace(**effects)
        chip = load_matrix("analog").chip(changed, int(rng.integers(2**31)) if case.pattern else None)
        inputs = rng.integers(0, unit.input_max + 1, (VECTORS, ROWS)) * (rng.random((VECTORS, ROWS)) < 0.6)
        weights = rng.integers(-unit.weight_max, unit.weight_max + 1, (ROWS, COLUMNS))
        settings = {"num_sends": 1 + product % 2, "wait_between_events": int(rng.integers(2, 9))}
        blocks = range(0, ROWS, unit.rows)
        arrays = chip.arrays[: len(blocks)]
        own = [
            chip.membranes(
                inputs[:, row : row + unit.rows], weights[row : row + unit.rows], array=array, **settings
            )
            for array, row in enumerate(blocks)
        ]
        other = reference.matrix_product(
            changed,
            inputs,
            weights,
            arrays=arrays if case.pattern == "held" else None,
            patterns=[array.pattern for array in arrays] if case.pattern == "drawn" else None,
            **settings,
        )
        yield np.stack(own), chip.multiply(inputs, weights, **settings), *other


def _text(data: dict[str, Any], agreements: list[Agreement]) -> str:
    rows = [
        [
            f"{found.case.letter}  {found.case.what}",
            f"{found.difference:.1e}",
            f"{found.case.tolerance:g}",
            f"{found.equal} of {found.results}" + ("" if found.case.equal_codes else " (need not be)"),
            "yes" if found.holds else "NO",
        ]
        for found in agreements
    ]
    title = (
        f"products of unit {data['unit']} without noise against {data['against']}, seed {data['seed']}: "
        f"{PRODUCTS} each of {VECTORS} x {ROWS} x {COLUMNS}"
    )
    headings = ["case", "largest difference (LSB)", "at most", "equal codes", "holds"]
    return "\n\n".join([title, table(headings, rows), "holds" if data["holds"] else "does not hold"])

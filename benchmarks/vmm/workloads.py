"""What is multiplied: matrices of several sizes, and what a noisy result must look like."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from neurohw.hardware.analog import AnalogUnit

Array = np.ndarray

SHAPES = {"one array": (4096, 128, 256), "layer": (1024, 512, 512), "network": (512, 1024, 1024)}
PART = {"weights": 63, "inputs": 31}  # largest of each
ROUNDING = 1 / 12  # variance of what floor or rounding takes away, LSB^2


@dataclass(frozen=True)
class Workload:
    """Vectors and a matrix; the products stay well inside the converter's range."""

    name: str
    inputs: Array  # float32 [vectors, rows], whole numbers
    weights: Array  # float32 [rows, columns], whole numbers

    @property
    def macs(self) -> int:
        """Multiplications of one product."""
        return self.inputs.size * self.weights.shape[1]

    @cached_property
    def sums(self) -> Array:
        """The exact product, float32 [vectors, columns]."""
        return self.inputs @ self.weights

    def first(self, vectors: int) -> Workload:
        """Return the same with fewer vectors."""
        return Workload(self.name, self.inputs[:vectors], self.weights)

    def variance(self, unit: AnalogUnit) -> float:
        """Return the variance that results of a unit have around the exact product, LSB^2."""
        blocks = -(-len(self.weights) // unit.rows)
        cells = ((unit.cell_noise or 0.0) * unit.gain) ** 2
        squares = np.mean((self.inputs**2).astype(float) @ (self.weights**2).astype(float)) if cells else 0.0
        return blocks * (unit.noise**2 + ROUNDING) + cells * float(squares)


def workload(name: str, vectors: int | None = None) -> Workload:
    """Draw vectors and weights, as a trained layer after a ReLU has them: most inputs small, weights bell-shaped."""
    n_vectors, rows, columns = SHAPES[name]
    rng = np.random.default_rng(1)
    inputs = np.clip(rng.normal(4.0, 6.0, (vectors or n_vectors, rows)), 0, PART["inputs"])
    weights = np.clip(rng.normal(0.0, 15.0, (rows, columns)), -PART["weights"], PART["weights"])
    return Workload(name, np.rint(inputs).astype(np.float32), np.rint(weights).astype(np.float32))

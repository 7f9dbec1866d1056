"""What a partitioner solves: neurons with their inputs and spikes, and what one crossbar holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import inf

import numpy as np

from neurohw.compile_clock import Stopwatch
from neurohw.compiler.settings import check_seconds, check_seed, check_whole
from neurohw.errors import CapacityError
from neurohw.hardware.quantities import COUNT_LIMIT
from neurohw.progress import with_progress
from neurohw.wording import counted
from neurohw.workload import NeuronGraph

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class PartitionProblem:
    """Neurons to group so that each group has at most so many presynaptic cells and neurons, and few spikes between.

    Raises
    ------
    SettingError
        For rows, columns or crossbars below 1 or above 2^31 - 1, a time that is not above 0, or a seed that is
        negative or above 2^63 - 1.
    CapacityError
        For a neuron with more presynaptic cells than a crossbar, or ``crossbars`` of them joined, has rows.
    """

    graph: NeuronGraph
    rows: int  # distinct presynaptic cells of a crossbar
    columns: int  # neurons of a crossbar
    crossbars: int = 1  # that may be joined, where one neuron has more presynaptic cells than rows
    seed: int = 0
    name: Callable[[int], str] = "neuron {}".format  # of a cell, for messages
    where: str = ""  # whose crossbars these are, for messages
    seconds: float = inf  # after which a partitioner that improves what it has stops
    clock: Stopwatch = field(default_factory=Stopwatch)

    def __post_init__(self) -> None:
        for name in ("rows", "columns", "crossbars"):
            check_whole(name, getattr(self, name), 1, COUNT_LIMIT)
        check_seconds(self.seconds, finite=False)
        check_seed(self.seed)
        wrong = np.flatnonzero(self.fan_in > self.rows * np.int64(self.crossbars))
        if wrong.size:
            raise CapacityError(self._too_many_inputs(int(wrong[0])))

    @cached_property
    def distinct(self) -> tuple[Array, Array]:
        """Presynaptic cells without repetition, in order of their first synapse: int64 [n_cells + 1] and int32."""
        from neurohw.compiler.partition.kernels.inputs import distinct_inputs

        return distinct_inputs(self.graph.indptr, self.graph.pre)

    @cached_property
    def fan_in(self) -> Array:
        """Distinct presynaptic cells of each neuron, int64 [n_cells]."""
        from neurohw.compiler.partition.kernels.inputs import count_distinct

        return count_distinct(self.graph.indptr, self.graph.pre) * self.graph.is_neuron

    @property
    def least_clusters(self) -> int:
        """Number of clusters that the columns ask for."""
        return -(-self.graph.n_neurons // self.columns)

    @property
    def is_over(self) -> bool:
        """Whether the time is used up; compiling kernels takes none."""
        return self.clock.read()[0] >= self.seconds

    def rounds(self, most: int, label: str) -> Iterator[int]:
        """Count rounds of improvement while there is time, with a bar where somebody watches."""
        for number in with_progress(range(most), label):
            if self.is_over:
                return
            yield number

    def _too_many_inputs(self, cell: int) -> str:
        fan_in, rows, crossbars = int(self.fan_in[cell]), self.rows, self.crossbars
        needed = -(-fan_in // rows)
        of = f" of {self.where}" if self.where else ""
        limit = f"a crossbar{of} has {counted(rows, 'row')}"
        if self.where:  # a network, not a graph alone
            remedy = (
                f"use rows = {fan_in}, or crossbars = {needed} to a tile and merge_columns=True, or unroll=True, which "
                "changes results (`neurohw compile --fan-in merge|unroll`)"
            )
        else:
            remedy = (
                f"use rows = {fan_in}, or join {needed} crossbars (`neurohw partition --merge {needed}`), or unroll, "
                "which changes results (`--unroll N`)"
            )
        if crossbars > 1:
            limit = f"{crossbars} merged crossbars of a tile{of} have {crossbars * rows} rows"
        return f"{self.name(cell)}: {fan_in} distinct presynaptic cells, {limit}; {remedy}"

"""Neurons, who sends to whom, and how often each fires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.errors import SettingError
from neurohw.network.csr import csr_from_pairs

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class NeuronGraph:
    """Cells ``0 .. n_cells - 1``, each with its presynaptic cells; those that are no neurons only send."""

    indptr: Array  # int64 [n_cells + 1]
    pre: Array  # int32 [n_synapses], presynaptic cells of each cell; pairs may repeat
    is_neuron: Array  # bool [n_cells]
    spikes: Array  # int64 [n_cells]

    def __post_init__(self) -> None:
        wrong = np.flatnonzero(self.spikes < 0)
        if wrong.size:
            raise SettingError(
                f"cell {wrong[0]}: spikes = {self.spikes[wrong[0]]}, must be a number of at least 0"
            )
        for name in ("is_neuron", "spikes"):
            if getattr(self, name).shape != (self.n_cells,):
                raise SettingError(
                    f"{name} has shape {getattr(self, name).shape}, expected ({self.n_cells},): one for each cell"
                )

    @classmethod
    def of_pairs(cls, pre: Array, post: Array, spikes: Array) -> NeuronGraph:
        """Build from synapses; cells without presynaptic cells are no neurons but inputs from outside.

        Parameters
        ----------
        pre, post : int [n_synapses], cells.
        spikes : int [n_cells].
        """
        n_cells = len(spikes)
        indptr, sender = csr_from_pairs(np.asarray(post), np.asarray(pre), n_cells)
        return cls(
            np.array(indptr), np.array(sender, np.int32), np.diff(indptr) > 0, np.array(spikes, np.int64)
        )

    @property
    def n_cells(self) -> int:
        """Number of cells."""
        return len(self.indptr) - 1

    @property
    def n_neurons(self) -> int:
        """Number of cells that are neurons."""
        return int(np.count_nonzero(self.is_neuron))

    @property
    def post(self) -> Array:
        """Postsynaptic cell of each synapse, int32 [n_synapses]."""
        return np.repeat(np.arange(self.n_cells, dtype=np.int32), np.diff(self.indptr))

    @property
    def spikes_of_edge(self) -> Array:
        """Spikes that cross each synapse, int64 [n_synapses]: those of its presynaptic cell."""
        return np.asarray(self.spikes[self.pre])

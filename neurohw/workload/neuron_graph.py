"""Neurons, who sends to whom, and how often each fires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.errors import SettingError
from neurohw.frozen import freeze_arrays
from neurohw.network.csr import csr_from_pairs
from neurohw.workload.spikes import check_synapse_spikes, whole_spikes

Array = np.ndarray


@dataclass(frozen=True, eq=False)
class NeuronGraph:
    """Cells ``0 .. n_cells - 1``, each with its presynaptic cells; those that are no neurons only send.

    Raises
    ------
    SettingError
        For columns of unequal length, and spikes that are no whole numbers of at least 0 or, over all synapses, more
        than ``MOST_SPIKES``.
    """

    indptr: Array  # int64 [n_cells + 1]
    pre: Array  # int32 [n_synapses], presynaptic cells of each cell; pairs may repeat
    is_neuron: Array  # bool [n_cells]
    spikes: Array  # int64 [n_cells]

    def __post_init__(self) -> None:
        object.__setattr__(self, "spikes", whole_spikes(self.spikes, "cell {}".format))
        freeze_arrays(self, indptr=np.int64, is_neuron=np.bool_, spikes=np.int64)
        for name in ("is_neuron", "spikes"):
            if getattr(self, name).shape != (self.n_cells,):
                raise SettingError(
                    f"{name} has shape {getattr(self, name).shape}, expected ({self.n_cells},): one for each cell"
                )
        check_synapse_spikes(self.pre, self.spikes)

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
        return cls(np.array(indptr), np.array(sender, np.int32), np.diff(indptr) > 0, np.asarray(spikes))

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

"""Neurons, who sends to whom, and how often each fires."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from neurohw.errors import SettingError
from neurohw.frozen import freeze_arrays
from neurohw.network.csr import csr_from_pairs
from neurohw.wording import counted
from neurohw.workload.ids import checked_ids, whole_numbers
from neurohw.workload.spikes import check_synapse_spikes, whole_spikes

Array = np.ndarray

_SYNAPSE = "neuron graph: synapse"


@dataclass(frozen=True, eq=False)
class NeuronGraph:
    """Cells ``0 .. n_cells - 1``, each with its presynaptic cells; those that are no neurons only send.

    Raises
    ------
    SettingError
        For columns of unequal length, rows of ``indptr`` that do not follow each other through ``pre``, cells out of
        range, synapses onto cells that are no neurons, and spikes that are no whole numbers of at least 0 or, over all
        synapses, more than ``MOST_SPIKES``.
    """

    indptr: Array  # int64 [n_cells + 1]
    pre: Array  # int32 [n_synapses], presynaptic cells of each cell; pairs may repeat
    is_neuron: Array  # bool [n_cells]
    spikes: Array  # int64 [n_cells]

    def __post_init__(self) -> None:
        indptr = whole_numbers(self.indptr, "neuron graph: indptr")
        columns = {
            "indptr": indptr,
            "pre": checked_ids(self.pre, max(0, len(indptr) - 1), "cell", "pre", _SYNAPSE),
            "is_neuron": np.asarray(self.is_neuron),
            "spikes": whole_spikes(self.spikes, "cell {}".format),
        }
        for name, column in columns.items():
            object.__setattr__(self, name, column)
        freeze_arrays(self, indptr=np.int64, is_neuron=np.bool_, spikes=np.int64)
        self._check_rows()
        for name in ("is_neuron", "spikes"):
            if getattr(self, name).shape != (self.n_cells,):
                raise SettingError(
                    f"{name} has shape {getattr(self, name).shape}, expected ({self.n_cells},): one for each cell"
                )
        self._check_senders()
        check_synapse_spikes(self.pre, self.spikes)

    def _check_rows(self) -> None:
        """Refuse rows that do not go through all synapses, one after the other."""
        indptr, n_synapses = self.indptr, self.pre.size
        if not indptr.size or indptr[0] != 0 or indptr[-1] != n_synapses:
            ends = f"goes from {indptr[0]:,} to {indptr[-1]:,}" if indptr.size else "is empty"
            raise SettingError(
                f"neuron graph: indptr {ends}, must go from 0 to {n_synapses:,}, the number of synapses (pre)"
            )
        back = np.flatnonzero(indptr[1:] < indptr[:-1])
        if back.size:
            cell = int(back[0])
            raise SettingError(
                f"neuron graph: indptr: the synapses of cell {cell} begin at {indptr[cell]:,} and end at "
                f"{indptr[cell + 1]:,}, must end there or later"
            )

    def _check_senders(self) -> None:
        """Refuse synapses onto cells that are no neurons: in no cluster, they would be lost."""
        n_inputs = np.diff(self.indptr)
        wrong = np.flatnonzero(~self.is_neuron & (n_inputs > 0))
        if wrong.size:
            cell = int(wrong[0])
            raise SettingError(
                f"cell {cell}: is_neuron is false, but it has {counted(int(n_inputs[cell]), 'synapse')} onto it; cells "
                "that are no neurons only send"
            )

    @classmethod
    def of_pairs(cls, pre: Array, post: Array, spikes: Array) -> NeuronGraph:
        """Build from synapses; cells without presynaptic cells are no neurons but inputs from outside.

        Parameters
        ----------
        pre, post : int [n_synapses], cells.
        spikes : int [n_cells].

        Raises
        ------
        SettingError
            As for the class, and for columns of unequal length.
        """
        n_cells = len(spikes)
        pre, post = (
            checked_ids(cells, n_cells, "cell", name, _SYNAPSE)
            for name, cells in (("pre", pre), ("post", post))
        )
        if pre.size != post.size:
            raise SettingError(
                f"neuron graph: pre and post hold {pre.size:,} and {post.size:,} numbers, must be as many: one for "
                "each synapse"
            )
        indptr, sender = csr_from_pairs(post, pre, n_cells)
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

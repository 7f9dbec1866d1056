"""Projection: connecting cells, and the checks before."""

from __future__ import annotations

from typing import Any

import numpy as np
from pyNN.common.populations import Assembly, BasePopulation
from pyNN.space import Space

from neurohw.errors import NetworkError, UnsupportedError, did_you_mean
from neurohw.pynn import simulator
from neurohw.pynn.errors import InvalidConnectionError, UnavailableModelError
from neurohw.pynn.lowering.synapses import Lowered
from neurohw.pynn.standardmodels.synapses import NAMES as SYNAPSE_NAMES
from neurohw.pynn.standardmodels.synapses import StaticSynapse, Synapse
from neurohw.pynn.synapses.attributes import Attributes, refuse_shape
from neurohw.pynn.synapses.connections import Collector, Connection, Connections, Value
from neurohw.pynn.synapses.evolved import Evolved

Array = np.ndarray
GAP = ".gap"  # how PyNN's names of electrical receptors end


class Projection(Attributes):
    __doc__ = Attributes.__doc__
    _simulator = simulator
    _static_synapse_class = StaticSynapse

    def __init__(
        self,
        presynaptic_population: Any,
        postsynaptic_population: Any,
        connector: Any,
        synapse_type: Any = None,
        source: str | None = None,
        receptor_type: str | None = None,
        space: Space | None = None,
        label: str | None = None,
    ) -> None:
        name = "a projection" if label is None else f"projection {label!r}"
        simulator.state.refuse_growth(name)
        for cells in (presynaptic_population, postsynaptic_population):
            _check_cells(name, cells)
        _check_target(name, postsynaptic_population)
        _check_synapse_type(name, synapse_type)
        _check_receptor(name, receptor_type, postsynaptic_population)
        _check_shapes(name, synapse_type, presynaptic_population, postsynaptic_population)
        with simulator.state.building():
            super().__init__(
                presynaptic_population,
                postsynaptic_population,
                connector,
                synapse_type,
                source,
                receptor_type,
                space or Space(),
                label,
            )
            self.lowered: Lowered | None = None
            self.evolved = Evolved()
            self._collector = Collector(self.synapse_type.get_parameter_names())
            connector.connect(self)
            self.connections_table: Connections = self._here(self._collector.join())
            del self._collector
            for attribute, values in self.connections_table.attributes.items():
                self.check(attribute, values)
        simulator.state.projections.append(self)
        simulator.state.changed()

    def _here(self, connections: Connections) -> Connections:
        """Return those of this rank: onto its cells."""
        if simulator.state.num_processes == 1:
            return connections
        return connections.chosen(self.post._mask_local[connections.post])

    def __len__(self) -> int:
        return len(self.connections_table)

    def __getitem__(self, index: Any) -> Any:
        """Return one connection, or a list of them for a slice."""
        if isinstance(index, slice):
            return [Connection(self, i) for i in range(*index.indices(len(self)))]
        if not -len(self) <= index < len(self):
            raise IndexError(f"projection {self.label!r}: connection {index}, it has {len(self)}")
        return Connection(self, int(index) % len(self))

    @property
    def connections(self) -> list[Connection]:
        """All connections, as PyNN's own code names them."""
        return list(self)

    # --- connecting ----------------------------------------------------------

    def add(self, pre: Array, post: Value, **values: Value) -> None:
        """Take a block of connections from a connector; each of ``values`` may be one number for all."""
        self._collector.add(pre, post, **values)

    def _convergent_connect(
        self,
        presynaptic_indices: Array,
        postsynaptic_index: int,
        location_selector: Any = None,
        **connection_parameters: Any,
    ) -> None:
        """Take the connections onto one cell, as PyNN's own connectors give them."""
        if location_selector is not None:
            raise UnsupportedError(f"projection {self.label!r}: location_selector: the cells are points")
        pre = np.asarray(presynaptic_indices, dtype=np.int32)
        self.add(pre, int(postsynaptic_index), **connection_parameters)


def _check_cells(name: str, cells: Any) -> None:
    if not isinstance(cells, BasePopulation | Assembly):
        return  # PyNN's own error says which argument it is
    if isinstance(cells, Assembly) and not cells.populations:
        raise NetworkError(f"{name}: assembly {cells.label!r} holds no cell")
    simulator.state.refuse_forgotten(cells, name)


def _check_target(name: str, cells: Any) -> None:
    for member in getattr(cells, "populations", [cells]):
        if isinstance(member, BasePopulation) and not member.celltype.receptor_types:
            kind = type(member.celltype).__name__
            raise InvalidConnectionError(
                f"{name}: population {member.label!r} is a {kind}, which takes no input"
            )


def _check_synapse_type(name: str, synapse_type: Any) -> None:
    if synapse_type is not None and not isinstance(synapse_type, Synapse):
        if isinstance(synapse_type, type):
            return  # PyNN's own error says that an instance is needed
        raise UnsupportedError(
            f"{name}: no synapse type {type(synapse_type).__name__}; there are {', '.join(SYNAPSE_NAMES)}"
        )


def _check_shapes(name: str, synapse_type: Any, pre: Any, post: Any) -> None:
    if not isinstance(synapse_type, Synapse) or not hasattr(pre, "size"):
        return  # PyNN's own error says which argument it is
    for parameter, lazy in synapse_type.parameter_space.items():
        if isinstance(lazy.base_value, np.ndarray):
            refuse_shape(name, parameter, lazy.base_value, (pre.size, post.size))


def _check_receptor(name: str, receptor_type: Any, cells: Any) -> None:
    if isinstance(receptor_type, str) and receptor_type.endswith(GAP):
        raise UnavailableModelError(
            f"{name}: receptor {receptor_type!r}: electrical synapses are not available; chemical ones are"
        )
    known = getattr(cells, "receptor_types", [])
    if receptor_type not in (None, "default", *known) and known:
        hint = did_you_mean(str(receptor_type), known)
        raise InvalidConnectionError(
            f"{name}: {cells.label!r} has no receptor {receptor_type!r}{hint} it has {', '.join(known)}"
        )

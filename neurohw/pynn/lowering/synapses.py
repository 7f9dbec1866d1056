"""Projections to groups of synapses in compressed rows, each between two whole populations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from neurohw.network import Population, Synapses, csr_from_pairs
from neurohw.network.csr import is_constant

if TYPE_CHECKING:
    from neurohw.pynn.projections import Projection
    from neurohw.pynn.simulator import State

Array = np.ndarray
NO_ROWS: Array = np.empty(0, np.int64)
TAU_PSC = "tau_psc"  # of a synapse, but set on its target: the time constant of the receptor


@dataclass(frozen=True, eq=False)
class Lowered:
    """The groups of a projection, as declared, the first of them number ``first`` of the network's.

    ``rows`` says, for each group of a model that learns, where its synapses stand in the table of connections.
    """

    first: int
    groups: tuple[Synapses, ...]
    rows: tuple[Array, ...]  # int64

    @classmethod
    def of(cls, first: int, parts: Iterable[tuple[Synapses, Array]]) -> Lowered:
        """Build from groups with their rows."""
        listed = list(parts)
        return cls(first, tuple(group for group, _ in listed), tuple(rows for _, rows in listed))

    def located(self) -> Iterator[tuple[int, Array]]:
        """Yield the number of each group in the network, and its rows in the table."""
        return enumerate(self.rows, self.first)


def lower_synapses(state: State, populations: Sequence[Population]) -> tuple[Synapses, ...]:
    """Lower all projections; one that has not changed since it last was is not sorted again.

    Parameters
    ----------
    state : the projections and populations of the script.
    populations : those of the network, in the same order.
    """
    index_of = {id(population): index for index, population in enumerate(state.populations)}
    groups: list[Synapses] = []
    for projection in state.projections:
        if projection.lowered is None:
            projection.lowered = Lowered.of(len(groups), _groups(projection, index_of, state))
        groups += _current(projection, projection.lowered, populations)
    return tuple(groups)


def _current(
    projection: Projection, lowered: Lowered, populations: Sequence[Population]
) -> Iterable[Synapses]:
    """Return the groups with what is not declared: weights that have evolved, time constants of targets."""
    model = projection.synapse_type.model
    weights = projection.column("weight")
    if model.learns and weights is not projection.connections_table.weight:
        pairs = zip(lowered.groups, lowered.rows, strict=True)
        return [replace(group, weight=weights[rows]) for group, rows in pairs]
    if TAU_PSC in model.parameters:
        return [_with_tau_psc(group, populations[group.post]) for group in lowered.groups]
    return lowered.groups


def _with_tau_psc(group: Synapses, target: Population) -> Synapses:
    roles = target.model.receptor(group.receptor).parameters
    name = roles.get("tau", roles.get("tau_decay"))
    of_cell = np.zeros(target.size) if name is None else target.parameters[name]
    constant = np.broadcast_to(of_cell[0], group.target.shape)
    tau_psc = constant if (of_cell == of_cell[0]).all() else of_cell[group.target]
    return replace(group, parameters={**group.parameters, TAU_PSC: tau_psc})


def _groups(
    projection: Projection, index_of: Mapping[int, int], state: State
) -> Iterator[tuple[Synapses, Array]]:
    """Yield the synapses between each two populations, and their rows in the table where the model learns."""
    table = projection.connections_table
    columns = _Columns(projection, state.dt, state.settings.weight_precision)
    pre_parts, post_parts = _parts(projection.pre), _parts(projection.post)
    whole = len(pre_parts) == len(post_parts) == 1
    for pre_part in pre_parts:
        for post_part in post_parts:
            chosen = slice(None) if whole else pre_part.holds(table.pre) & post_part.holds(table.post)
            pre, post = pre_part.local(table.pre[chosen]), post_part.local(table.post[chosen])
            if pre.size == 0:
                continue
            root, target = pre_part.population, post_part.population
            indptr, targets, values, rows = columns.in_rows(pre, post, root.size, chosen)
            group = Synapses(
                name=projection.label if whole else f"{projection.label} ({root.label}→{target.label})",
                pre=index_of[id(root)],
                post=index_of[id(target)],
                receptor=projection.receptor_type,
                indptr=indptr,
                target=targets,
                weight=values.pop("weight"),
                delay=values.pop("delay"),
                model=projection.synapse_type.model,
                parameters=values,
            )
            yield group, rows


class _Columns:
    """What a table of connections says of each synapse; delays in ticks."""

    def __init__(self, projection: Projection, timestep_ms: float, weight_precision: str) -> None:
        table, model = projection.connections_table, projection.synapse_type.model
        self._sources = {name: table[name] for name in ("weight", *model.parameters) if name != TAU_PSC}
        if model.is_static:
            self._sources["weight"] = _rounded(table.weight, weight_precision)
        self._values = self._sources | {"delay": _ticks(table.delay, timestep_ms)}
        self._rows = np.arange(len(table)) if model.learns else None

    def in_rows(
        self, pre: Array, post: Array, n_pre: int, chosen: Any
    ) -> tuple[Array, Array, dict[str, Array], Array]:
        """Sort some synapses by presynaptic cell.

        Parameters
        ----------
        pre, post : ends of the chosen synapses, indices within whole populations.
        n_pre : number of presynaptic cells.
        chosen : which lines of the table they are: a mask, or a slice of all.

        Returns
        -------
        indptr and targets of the rows, values by name, and the synapses' lines in the table (none where no one asks).
        """
        taken = [_take(values, chosen) for values in self._values.values()]
        lines = [] if self._rows is None else [self._rows[chosen]]
        indptr, targets, *carried = csr_from_pairs(pre, post, n_pre, *taken, *lines)
        rows = carried.pop() if lines else NO_ROWS
        named = zip(self._values, carried, strict=True)
        return indptr, targets, {name: self._detached(name, values) for name, values in named}, rows

    def _detached(self, name: str, values: Array) -> Array:
        """Return ``values``, copied where changing a single connection would change them too."""
        source = self._sources.get(name)
        shared = source is not None and source.flags.writeable and np.may_share_memory(values, source)
        return values.copy() if shared else values


class _Part:
    """One member of an assembly, or all of a population or view: ``start`` and up of a projection's end."""

    def __init__(self, member: Any, start: int) -> None:
        self.population = member.root
        self.start, self.stop = start, start + member.size
        self._index = member.index_in_root

    def holds(self, indices: Array) -> Array:
        """True for the connections whose end lies in this part."""
        return (indices >= self.start) & (indices < self.stop)

    def local(self, indices: Array) -> Array:
        """Return indices within the whole population."""
        offsets = indices - self.start if self.start else indices
        return offsets if self._index is None else self._index[offsets]


def _parts(cells: Any) -> list[_Part]:
    members = cells.populations if hasattr(cells, "populations") else [cells]
    starts = np.cumsum([0, *(member.size for member in members)])
    return [_Part(member, int(start)) for member, start in zip(members, starts[:-1], strict=True)]


def _ticks(delay: Array, timestep_ms: float) -> Array:
    if is_constant(delay) and delay.size:
        return np.broadcast_to(np.int32(np.rint(delay[0] / timestep_ms)), delay.shape)
    return np.rint(delay / timestep_ms).astype(np.int32)


def _rounded(weight: Array, precision: str) -> Array:
    """Return the weights as what numbers of a type can say, in float64."""
    if precision == weight.dtype.name:
        return weight
    own = weight[:1] if is_constant(weight) else weight
    with np.errstate(over="ignore"):  # infinite weights are refused by name, with all others
        rounded = own.astype(precision).astype(weight.dtype)
    return np.broadcast_to(rounded[0], weight.shape) if own.size < weight.size else rounded


def _take(values: Array, chosen: Any) -> Array:
    """Select from an array; one that holds a single number stays so."""
    if is_constant(values) and values.size and not isinstance(chosen, slice):
        return np.broadcast_to(values[0], (int(np.count_nonzero(chosen)),))
    return values[chosen]

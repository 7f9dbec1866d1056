"""The synapses of one projection as flat arrays, collected block by block, and one of them as an object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from pyNN import common

from neurohw.network.csr import is_constant

Array = np.ndarray
Value = float | Array


@dataclass(eq=False)
class Connections:
    """Synapse ``i`` leads from ``pre[i]`` to ``post[i]``, indices within the projection's two ends.

    ``attributes`` holds what the synapse type has: weight (the target's unit), delay (ms, as given) and the
    parameters of plastic synapses; each may be one number broadcast to all.
    """

    pre: Array  # int32
    post: Array  # int32
    attributes: dict[str, Array]  # float64

    def __len__(self) -> int:
        return len(self.pre)

    def __getitem__(self, name: str) -> Array:
        return self.attributes[name]

    @property
    def weight(self) -> Array:
        """Declared weights."""
        return self.attributes["weight"]

    @property
    def delay(self) -> Array:
        """Delays in ms, as given."""
        return self.attributes["delay"]

    def chosen(self, mask: Array) -> Connections:
        """Return the synapses where ``mask`` is true."""
        attributes = {name: values[mask] for name, values in self.attributes.items()}
        return Connections(self.pre[mask], self.post[mask], attributes)

    def assign(self, name: str, values: Value) -> None:
        """Give all synapses new values of an attribute: one number, or one each."""
        self.attributes[name] = _spread(np.asarray(values, dtype=float), len(self))

    def assign_one(self, name: str, index: int, value: float) -> None:
        """Give one synapse a new value of an attribute."""
        values = self.attributes[name]
        if not values.flags.writeable:
            values = self.attributes[name] = np.array(values)
        values[index] = value


class Collector:
    """Blocks of synapses with the attributes ``names``, joined once at the end."""

    def __init__(self, names: Iterable[str]) -> None:
        self._pre: list[Array] = []
        self._post: list[Value] = []
        self._attributes: dict[str, list[Value]] = {name: [] for name in names}

    def add(self, pre: Array, post: Value, **values: Value) -> None:
        """Add a block, with a value of each attribute; all but ``pre`` may be one number."""
        self._pre.append(pre)
        self._post.append(post)
        for name, parts in self._attributes.items():
            parts.append(values[name])

    def join(self) -> Connections:
        """Return all blocks as one."""
        sizes = np.array([len(pre) for pre in self._pre], dtype=np.int64)
        pre = self._pre[0] if len(self._pre) == 1 else np.concatenate([np.empty(0, np.int32), *self._pre])
        return Connections(
            pre.astype(np.int32, copy=False),
            _join(self._post, sizes).astype(np.int32, copy=False),
            {name: np.asarray(_join(parts, sizes), float) for name, parts in self._attributes.items()},
        )


class Connection(common.Connection):
    """One synapse of a projection; its attributes, such as ``weight`` and ``delay``, can be read and set."""

    def __init__(self, projection: Any, index: int) -> None:
        self._projection, self._index = projection, index

    @property
    def presynaptic_index(self) -> int:
        """Index within the presynaptic cells."""
        return int(self._projection.connections_table.pre[self._index])

    @property
    def postsynaptic_index(self) -> int:
        """Index within the postsynaptic cells."""
        return int(self._projection.connections_table.post[self._index])

    @property
    def presynaptic_cell(self) -> Any:
        """The presynaptic cell."""
        return self._projection.pre[self.presynaptic_index]

    @property
    def postsynaptic_cell(self) -> Any:
        """The postsynaptic cell."""
        return self._projection.post[self.postsynaptic_index]

    def __getattr__(self, name: str) -> float:
        if name.startswith("_"):  # while it is being copied, there is no projection to ask
            raise AttributeError(name)
        attributes = self._projection.connections_table.attributes
        if name not in attributes:
            raise AttributeError(f"a connection has no attribute {name!r}; it has {', '.join(attributes)}")
        return float(self._projection.column(name)[self._index])

    def __setattr__(self, name: str, value: Any) -> None:
        if name.startswith("_"):
            object.__setattr__(self, name, value)
        else:
            self._projection.set_one(name, self._index, value)

    def as_tuple(self, *attribute_names: str) -> tuple[Any, ...]:
        """Return the values of some attributes."""
        return tuple(getattr(self, name) for name in attribute_names)


def _join(parts: list[Value], sizes: Array) -> Array:
    """Concatenate arrays and repeated numbers; the same number everywhere is broadcast."""
    total = int(sizes.sum())
    if all(np.ndim(part) == 0 for part in parts):
        numbers = np.array(parts)
        if numbers.size and (numbers == numbers[0]).all():
            return np.broadcast_to(numbers[0], (total,))
        return np.repeat(numbers, sizes)
    if len(parts) == 1:
        return _spread(parts[0], total)
    return np.concatenate([_spread(part, int(size)) for part, size in zip(parts, sizes, strict=True)])


def _spread(values: Value, size: int) -> Array:
    values = np.asarray(values)
    return values if values.shape == (size,) and not is_constant(values) else np.broadcast_to(values, (size,))

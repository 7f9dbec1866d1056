"""The synapses of one projection as flat arrays, collected block by block."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from neurohw.network.csr import is_constant

Array = np.ndarray
Value = float | Array


@dataclass(eq=False)
class Connections:
    """Synapse ``i`` leads from ``pre[i]`` to ``post[i]``, indices within the projection's two ends.

    ``weight`` (the target's unit) and ``delay`` (ms, as given) may each be one number broadcast to all.
    """

    pre: Array  # int32
    post: Array  # int32
    weight: Array  # float64
    delay: Array  # float64

    def __len__(self) -> int:
        return len(self.pre)

    def assign(self, name: str, values: Value) -> None:
        """Give all synapses new weights or delays: one number, or one each."""
        setattr(self, name, _spread(values, len(self)))

    def assign_one(self, name: str, index: int, value: float) -> None:
        """Give one synapse a new weight or delay."""
        values = getattr(self, name)
        if not values.flags.writeable:
            values = np.array(values)
            setattr(self, name, values)
        values[index] = value


@dataclass
class Collector:
    """Blocks of synapses, joined once at the end."""

    pre: list[Array] = field(default_factory=list)
    post: list[Value] = field(default_factory=list)
    weight: list[Value] = field(default_factory=list)
    delay: list[Value] = field(default_factory=list)

    def add(self, pre: Array, post: Value, weight: Value, delay: Value) -> None:
        """Add a block; all but ``pre`` may be one number."""
        self.pre.append(pre)
        self.post.append(post)
        self.weight.append(weight)
        self.delay.append(delay)

    def join(self) -> Connections:
        """Return all blocks as one."""
        sizes = np.array([len(pre) for pre in self.pre], dtype=np.int64)
        pre = self.pre[0] if len(self.pre) == 1 else np.concatenate([np.empty(0, np.int32), *self.pre])
        return Connections(
            pre.astype(np.int32, copy=False),
            _join(self.post, sizes).astype(np.int32, copy=False),
            _join(self.weight, sizes),
            _join(self.delay, sizes),
        )


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

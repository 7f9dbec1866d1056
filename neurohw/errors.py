"""The errors that neurohw raises: one root, and each also a builtin error.

Every message names the object, the value and the limit.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class NeurohwError(Exception):
    """Root of all errors raised on purpose; the command line prints its message and exits with 2."""


class NetworkError(NeurohwError, ValueError):
    """A network that cannot be: an index out of range, a weight that is NaN, a delay below one tick."""


class ChipError(NeurohwError, ValueError):
    """A chip description that cannot be: unknown keys, values out of range, units that do not fit."""


class CapacityError(NeurohwError, ValueError):
    """A sound network that does not fit a sound chip."""


class MappingError(NeurohwError, RuntimeError):
    """A mapping that cannot be: the algorithm that made it is at fault, neither the network nor the chip."""


class UnknownNameError(NeurohwError, LookupError):
    """A name that nothing is registered under: a preset, a backend, an algorithm."""

    @classmethod
    def of(cls, what: str, name: str, known: Iterable[str]) -> UnknownNameError:
        """Build ``unknown chip 'loihy'; did you mean 'loihi'? Known: ...``."""
        known = sorted(known)
        return cls(f"unknown {what} {name!r}{did_you_mean(name, known)} Known: {', '.join(known) or 'none'}")


class UnsupportedError(NeurohwError, NotImplementedError):
    """Something that a backend or a fidelity does not do; the message says what does."""


class SimulationError(NeurohwError, RuntimeError):
    """A run that cannot go on."""


class DeliveryError(SimulationError):
    """Spikes that came late or were lost on a chip, in a run that was to have none."""


class DeadlockError(SimulationError):
    """Packets that wait for each other for ever; the message names the links of the cycle."""


class GraphError(NeurohwError, ValueError):
    """A dataflow graph that cannot be: unknown actors, rates below 1, rates that contradict each other."""


class DataflowDeadlockError(GraphError):
    """A dataflow graph whose actors wait for each other for ever; the message names them."""


class SettingError(NeurohwError, ValueError):
    """An option or argument out of its range."""


class MissingPackageError(NeurohwError, ImportError):
    """An optional package that is not installed; the message says how to install it."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``"; did you mean 'x'?"``, or ``";"`` when nothing known is close to ``name``."""
    close = difflib.get_close_matches(name, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ";"

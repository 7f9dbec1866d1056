"""Errors that PyNN has names of its own for: each is both, so that either ``except`` catches it."""

from __future__ import annotations

import pyNN.errors

from neurohw.errors import NetworkError, SimulationError, UnsupportedError


class InvalidConnectionError(NetworkError, pyNN.errors.ConnectionError):
    """A connection that cannot be: an index out of range, a target that takes no input."""


class InvalidValueError(NetworkError, pyNN.errors.InvalidParameterValueError):
    """A parameter that no cell can have."""


class InvalidSizeError(InvalidValueError, pyNN.errors.InvalidDimensionsError):
    """Values that are not as many as what they are for."""


class NoSuchCellError(NetworkError, IndexError):
    """An index of a cell that there is not."""


class NoDataError(SimulationError, pyNN.errors.NothingToWriteError):
    """Data asked for before anything ran."""


class UnavailableModelError(UnsupportedError, AttributeError):
    """A standard model of PyNN that neurohw does not have; the message lists those it has."""


class NoSuchRuleError(UnsupportedError, pyNN.errors.NoModelAvailableError):
    """Two halves of a learning rule that do not go together."""


class NoSuchVariableError(NetworkError, pyNN.errors.RecordingError):
    """A variable to record that the cells do not have."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)

    def __str__(self) -> str:
        return str(self.args[0])

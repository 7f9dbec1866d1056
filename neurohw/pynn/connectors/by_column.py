"""Connectors that stay on PyNN's own loop over the targets (about 0.1 ms a target)."""

from __future__ import annotations

from typing import Any

from pyNN import connectors

from neurohw.errors import UnsupportedError
from neurohw.pynn.connectors.mapped import Mapped


class ByColumn(Mapped):
    """A connector of PyNN's that has no faster way here."""

    def _is_fast(self) -> bool:
        return False


class IndexBasedProbabilityConnector(ByColumn, connectors.IndexBasedProbabilityConnector):
    __doc__ = connectors.IndexBasedProbabilityConnector.__doc__


class DisplacementDependentProbabilityConnector(
    ByColumn, connectors.DisplacementDependentProbabilityConnector
):
    __doc__ = connectors.DisplacementDependentProbabilityConnector.__doc__


class CloneConnector(ByColumn, connectors.CloneConnector):
    __doc__ = connectors.CloneConnector.__doc__


class CSAConnector(ByColumn, connectors.CSAConnector):
    __doc__ = connectors.CSAConnector.__doc__


class SmallWorldConnector(connectors.SmallWorldConnector):
    __doc__ = connectors.SmallWorldConnector.__doc__

    def connect(self, projection: Any) -> None:
        """Refuse, as PyNN itself defines no algorithm."""
        raise UnsupportedError(
            f"projection {projection.label!r}: PyNN does not implement SmallWorldConnector; "
            "DistanceDependentProbabilityConnector comes closest"
        )

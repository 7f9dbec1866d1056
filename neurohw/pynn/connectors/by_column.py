"""Connectors that stay on PyNN's own loop over the targets (about 0.1 us a connection)."""

from __future__ import annotations

from typing import Any

from pyNN import connectors

from neurohw.errors import UnsupportedError
from neurohw.pynn.connectors.mapped import Mapped


class DistanceDependentProbabilityConnector(Mapped, connectors.DistanceDependentProbabilityConnector):
    __doc__ = connectors.DistanceDependentProbabilityConnector.__doc__

    def _is_fast(self) -> bool:
        return False


class IndexBasedProbabilityConnector(Mapped, connectors.IndexBasedProbabilityConnector):
    __doc__ = connectors.IndexBasedProbabilityConnector.__doc__

    def _is_fast(self) -> bool:
        return False


class DisplacementDependentProbabilityConnector(Mapped, connectors.DisplacementDependentProbabilityConnector):
    __doc__ = connectors.DisplacementDependentProbabilityConnector.__doc__

    def _is_fast(self) -> bool:
        return False


class CloneConnector(Mapped, connectors.CloneConnector):
    __doc__ = connectors.CloneConnector.__doc__

    def _is_fast(self) -> bool:
        return False


class CSAConnector(Mapped, connectors.CSAConnector):
    __doc__ = connectors.CSAConnector.__doc__

    def _is_fast(self) -> bool:
        return False


class SmallWorldConnector(connectors.SmallWorldConnector):
    __doc__ = connectors.SmallWorldConnector.__doc__

    def connect(self, projection: Any) -> None:
        """Refuse, as PyNN itself defines no algorithm."""
        raise UnsupportedError(
            f"projection {projection.label!r}: PyNN does not implement SmallWorldConnector; "
            "DistanceDependentProbabilityConnector comes closest"
        )

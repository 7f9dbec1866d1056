"""Files that other tools wrote."""

from neurohw.interchange.sanafe import read_sanafe_architecture

__all__ = ["read_sanafe_architecture"]

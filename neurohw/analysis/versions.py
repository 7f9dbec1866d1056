"""The versions that a result depends on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("neurohw", "numpy", "numba", "brian2", "pyNN", "neo")


def versions() -> dict[str, str]:
    """Return the versions of Python, neurohw and the packages that do the work, without importing them."""
    found = {"python": platform.python_version(), "platform": platform.platform()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    return found

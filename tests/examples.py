"""How many examples hypothesis tries: fewer where numba compiles nothing and kernels are a hundred times slower."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from numba import config

SLOWNESS = 10 if config.DISABLE_JIT else 1
few_kernels = pytest.mark.usefixtures("few_kernels")  # in tests/event/conftest.py
compiled_only = pytest.mark.skipif(SLOWNESS > 1, reason="takes minutes where numba compiles nothing")


def examples(n: int, **others) -> settings:
    """Return settings for ``n`` examples, each of which may be a whole simulation and has no deadline."""
    return settings(
        max_examples=max(2, n // SLOWNESS),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
        **others,
    )

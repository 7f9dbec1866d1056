"""Arrays of frozen dataclasses made read-only, contiguous and of one type."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np


def freeze_arrays(holder: Any, **dtypes: Any) -> None:
    """Replace the arrays of a frozen dataclass, in its ``__post_init__``: int32 unless told otherwise by field."""
    for item in fields(holder):
        value = getattr(holder, item.name)
        if isinstance(value, np.ndarray):
            view = np.ascontiguousarray(value, dtype=dtypes.get(item.name, np.int32)).view()
            view.flags.writeable = False
            object.__setattr__(holder, item.name, view)

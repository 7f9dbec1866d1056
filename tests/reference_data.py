"""Reference data that is not part of the repository: results of other simulators, and limits worked out elsewhere."""

from __future__ import annotations

import csv
import os
from pathlib import Path

import pytest

# beside the working copy unless the environment says where
ROOT = Path(os.environ.get("NEUROHW_DATA") or Path(__file__).parents[2] / "shared" / "data")


def reference_file(path: str) -> Path:
    """Return a file below the folder of reference data; skip the test if it is absent."""
    file = ROOT / path
    if not file.is_file():
        pytest.skip(f"no {file}; set NEUROHW_DATA to the folder of reference data")
    return file


def reference_rows(path: str) -> list[dict[str, str]]:
    """Return the rows of a table below the folder of reference data, without its comments; skip the test if absent."""
    file = reference_file(path)
    with file.open(newline="") as lines:
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))

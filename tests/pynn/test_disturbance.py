"""The one warning of a run with late or lost deliveries."""

from __future__ import annotations

import pytest

from neurohw.pynn.running.disturbance import percent


@pytest.mark.parametrize(
    ("share", "text"),
    [(1.0, "100 %"), (0.9951, "100 %"), (0.994, "99 %"), (0.0123, "1.2 %"), (3e-6, "0.0003 %"), (0, "0 %")],
)
def test_shares_are_said_in_two_digits(share: float, text: str) -> None:
    assert percent(share) == text

"""Numbers as people read them."""

import pytest

from neurohw import wording
from neurohw.analysis.formatting import causes, percent, si
from neurohw.wording import counted, number


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "-"),
        (0, "0"),
        (1234567, "1,234,567"),
        (3.14159, "3.14"),
        (1234.5, "1,234"),
        (float("inf"), "no limit"),
    ],
)
def test_number(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [(5.5e-5, "55 µJ"), (0.0, "0 J"), (999.9996, "1 kJ"), (1.0, "1 J"), (2.5e13, "25 TJ"), (-3e-9, "-3 nJ")],
)
def test_si(value, shown):
    assert si(value, "J") == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0 %"),
        (1.0, "100 %"),
        (0.99999, "> 99.9 %"),
        (0.123, "12.3 %"),
        (0.00001, "0.001 %"),
        (3.4e-9, "< 0.0001 %"),
        (None, "-"),
    ],
)
def test_percent_tells_a_little_from_nothing(share, shown):
    assert percent(share) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (1.0, "100 %"),
        (0.9951, "100 %"),
        (0.994, "99 %"),
        (0.0123, "1.2 %"),
        (3e-6, "0.0003 %"),
        (1e-6, "0.0001 %"),
        (9.4e-7, "< 0.0001 %"),
        (1e-300, "< 0.0001 %"),
        (0, "0 %"),
    ],
)
def test_percent_in_two_digits_has_no_exponent(share, shown):
    assert wording.percent(share) == shown


def test_counted_and_causes():
    assert (counted(1, "tick"), counted(0.5, "tick")) == ("1 tick", "0.5 ticks")
    assert causes(0, 10, {"distance": 0}) == "0"
    assert causes(5, 10, {"distance": 0, "contention": 5}) == "5 (50.0 %): contention 5"

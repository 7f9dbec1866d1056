"""Progress bars: for those who watch, and no change of what is done."""

import pytest

from neurohw import progress


@pytest.mark.parametrize(("wanted", "shown"), [("1", True), ("0", False)])
def test_a_bar_is_for_those_who_watch(wanted, shown, monkeypatch, capsys):
    monkeypatch.setenv("NEUROHW_PROGRESS", wanted)
    assert progress.shows_progress() == shown
    assert list(progress.with_progress(iter("abc"), "letters", total=3, delay_s=0.0)) == ["a", "b", "c"]
    assert ("letters" in capsys.readouterr().err) == shown


def test_work_done_soon_shows_no_bar(monkeypatch, capsys):
    monkeypatch.setenv("NEUROHW_PROGRESS", "1")
    assert sum(progress.with_progress([1, 2], "numbers")) == 3
    assert capsys.readouterr().err == ""

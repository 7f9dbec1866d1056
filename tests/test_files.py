"""Files to write are checked before the work: that they can be written, and that no input is lost."""

import os

import pytest

from neurohw.errors import SettingError
from neurohw.files import check_written


@pytest.fixture(autouse=True)
def working_folder(tmp_path, monkeypatch):
    """Names are relative to an empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_names_of_their_own_are_fine(working_folder):
    (working_folder / "in").write_text("read")
    (working_folder / "old").write_text("of an earlier run")
    check_written({"--out": "new", "--graph": "old", "--none": None}, {"FILE": "in", "--chip": None})


@pytest.mark.parametrize("other", ["in", "./in", "sub/../in", "link", "sub/link"])
def test_an_input_is_not_written_over(working_folder, other):
    (working_folder / "in").write_text("read")
    (working_folder / "sub").mkdir()
    for link in ("link", "sub/link"):
        (working_folder / link).symlink_to(working_folder / "in")
    with pytest.raises(SettingError, match=r"--out .* would be written over FILE in: give another name"):
        check_written({"--out": other}, {"FILE": "in"})


def test_two_outputs_are_not_one_file():
    with pytest.raises(SettingError, match="--graph same would be written over --out same"):
        check_written({"--out": "same", "--graph": "./same"})


@pytest.mark.parametrize(
    ("path", "why"),
    [("none/x", "there is no folder none"), (".", "it is a folder"), (os.devnull, "it is no file")],
)
def test_what_cannot_be_written(path, why):
    with pytest.raises(SettingError, match=f"--out: cannot write {path}: {why}"):
        check_written({"--out": path})


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_the_right_to_write(working_folder):
    (working_folder / "locked").mkdir(mode=0o500)
    with pytest.raises(SettingError, match="folder locked may not be written to"):
        check_written({"--out": "locked/x"})

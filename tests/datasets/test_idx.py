"""IDX files, written here by hand from the definition of the format: what is read, and what is refused."""

import gzip
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from neurohw.datasets import read_idx
from neurohw.errors import SettingError

CODES = {"B": 0x08, "b": 0x09, "h": 0x0B, "i": 0x0C, "f": 0x0D, "d": 0x0E}


def idx_bytes(numbers, shape, code="B"):
    header = bytes([0, 0, CODES[code], len(shape)]) + b"".join(struct.pack(">I", size) for size in shape)
    return header + b"".join(struct.pack(f">{code}", number) for number in numbers)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("compress", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_every_type_is_read(tmp_path, code, compress):
    numbers = [0, 1, 2, 100, 101, 127]
    (tmp_path / "file").write_bytes(compress(idx_bytes(numbers, (3, 2), code)))
    array = read_idx(tmp_path / "file")
    assert array.tolist() == [[0, 1], [2, 100], [101, 127]]
    assert array.dtype == np.dtype(code)
    assert array.dtype.isnative


@given(st.lists(st.integers(0, 5), min_size=1, max_size=3), st.randoms())
def test_any_shape_is_read(tmp_path_factory, shape, random):
    array = np.array([random.randrange(256) for _ in range(np.prod(shape, dtype=int))], np.uint8).reshape(
        shape
    )
    path = tmp_path_factory.mktemp("idx") / "file"
    path.write_bytes(idx_bytes(array.ravel().tolist(), shape))
    assert (read_idx(path) == array).all()
    assert read_idx(path).shape == tuple(shape)


WHOLE = idx_bytes(range(6), (3, 2))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "begins with nothing"),
        (b"PK\3\4rubbish", "begins with 50 4b 03 04"),
        (b"\0\0\x07\1" + WHOLE[4:], "no IDX file"),
        (WHOLE[:7], "ends after 7 bytes, its header has 12"),
        (WHOLE[:-1], "has 17 bytes, an array of 3 x 2 numbers needs 18"),
        (WHOLE + b"x", "has 19 bytes"),
        (gzip.compress(WHOLE, mtime=0)[:-9], "cannot read"),
        (b"\x1f\x8bnot really", "cannot read"),
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path, content, message):
    (tmp_path / "file").write_bytes(content)
    with pytest.raises(SettingError, match=message):
        read_idx(tmp_path / "file")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(SettingError, match=r"cannot read .*nothing-here"):
        read_idx(tmp_path / "nothing-here")

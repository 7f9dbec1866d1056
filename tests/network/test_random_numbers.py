"""Random numbers by stream: no two uses share one."""

from __future__ import annotations

from neurohw.network.kernels import (
    STREAM_COUNT,
    STREAM_CURRENT,
    STREAM_FIRING,
    STREAM_SYNAPSE,
    STREAM_TRAIN,
    uniform,
)


def test_streams_have_numbers_of_their_own():
    values = {
        uniform(seed, stream, index, count)
        for seed in (0, 1)
        for stream in (STREAM_TRAIN, STREAM_FIRING, STREAM_SYNAPSE, STREAM_CURRENT, STREAM_COUNT)
        for index in (0, 1, 2**32, 2**47)
        for count in (0, 1, 2**32)
    }
    assert len(values) == 120
    assert all(0 <= value < 1 for value in values)

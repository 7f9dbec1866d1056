"""The key of a stream of noise: a number made of the seed of a run and the seeds of the chips that it is made on."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

_BYTES = 8


def noise_key(noise_seed: int, chip_seeds: Sequence[int | None]) -> int:
    """Return the key of the noise of chips with these seeds, from 0 to 2^64 - 1.

    Chips without a fixed pattern all have the same noise for the same ``noise_seed``, which is their key. All others
    have noise of their own: keys of different chips are hashes, which no stream tells from keys drawn at random.
    """
    if all(seed is None for seed in chip_seeds):
        return int(noise_seed)
    seeds = (int(noise_seed), *(None if seed is None else int(seed) for seed in chip_seeds))
    return int.from_bytes(blake2b(repr(seeds).encode(), digest_size=_BYTES).digest(), "little")

"""Compiled loops of the frontend."""

from __future__ import annotations

from neurohw.jit import kernel


@kernel
def alternate_draws(words, n_a, n_b, a, b):
    """Fill ``a`` (below ``n_a``) and ``b`` (below ``n_b``) in turn, ``a[0], b[0], a[1], ...``, from words.

    Each draw masks 32-bit words to as few bits as the range needs until one is in range, as numpy's
    ``RandomState`` does; a range of one number takes no word. Returns (pairs filled, words used).
    """
    top_a, top_b = n_a - 1, n_b - 1
    mask_a = mask_b = 0
    while mask_a < top_a:
        mask_a = 2 * mask_a + 1
    while mask_b < top_b:
        mask_b = 2 * mask_b + 1
    used = 0
    for pair in range(a.size):
        value = 0
        if top_a > 0:
            value = n_a
            while value > top_a:
                if used == words.size:
                    return pair, used
                value = words[used] & mask_a
                used += 1
        a[pair] = value
        value = 0
        if top_b > 0:
            value = n_b
            while value > top_b:
                if used == words.size:
                    return pair, used
                value = words[used] & mask_b
                used += 1
        b[pair] = value
    return a.size, used

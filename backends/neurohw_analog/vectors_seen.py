"""How many vectors the blocks of a chip have multiplied: where each goes on in its stream of noise."""

from __future__ import annotations

from collections import defaultdict


class VectorsSeen:
    """Counts for each block by itself.

    Layers that lie in different blocks so have the same noise whether a batch goes through them as a whole or in parts.
    """

    def __init__(self) -> None:
        self._of_block: defaultdict[int, int] = defaultdict(int)

    def before(self, blocks: range) -> int:
        """Return the number of the next vector for a matrix in these blocks, which none of them has seen."""
        return max((self._of_block[block] for block in blocks), default=0)

    def add(self, blocks: range, n_vectors: int) -> None:
        """Count vectors that a matrix in these blocks multiplies next."""
        end = self.before(blocks) + n_vectors
        for block in blocks:
            self._of_block[block] = end

"""The links of a 2-D mesh."""

from __future__ import annotations

import numpy as np

from neurohw.program import LINK_HOP, LINK_IN, LINK_OUT, Links

Array = np.ndarray


def mesh_links(width: int, height: int) -> tuple[Links, Array]:
    """List the links of a mesh; tile ``y * width + x`` lies at column x, row y.

    Returns
    -------
    links : first those from a tile into its router (link ``t`` for tile ``t``), then those out of it
        (``n_tiles + t``), then those between routers, by source tile and direction.
    hop_link : int32 [n_tiles, 4], the link to the neighbour in the east (x + 1), west, south (y + 1) and
        north; -1 at the border.
    """
    tiles = np.arange(width * height, dtype=np.int32)
    x, y = tiles % width, tiles // width
    neighbour = np.stack([tiles + 1, tiles - 1, tiles + width, tiles - width], axis=1)
    exists = np.stack([x < width - 1, x > 0, y < height - 1, y > 0], axis=1)
    n_hops = int(np.count_nonzero(exists))
    hop_link = np.full((tiles.size, 4), -1, np.int32)
    hop_link[exists] = 2 * tiles.size + np.arange(n_hops)
    source = np.repeat(tiles, exists.sum(axis=1))
    kind = np.repeat([LINK_IN, LINK_OUT, LINK_HOP], [tiles.size, tiles.size, n_hops])
    links = Links(
        np.concatenate([tiles, tiles, source]), np.concatenate([tiles, tiles, neighbour[exists]]), kind
    )
    return links, hop_link

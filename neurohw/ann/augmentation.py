"""Images changed at random while a network learns: turned, scaled, sheared and moved a little."""

from __future__ import annotations

from math import radians

import torch
from torch import nn

ROTATION_DEGREES = 10.0
SCALE = 0.1
SHEAR = 0.1
SHIFT = 0.1  # of half an image


def random_affine(images: torch.Tensor, random: torch.Generator) -> torch.Tensor:
    """Return images [batch, channels, height, width] of which each is changed by its own random affine map.

    Angle, scale, shear and shift are drawn evenly between plus and minus the constants of this module; what comes in
    from outside is 0.
    """
    n = len(images)
    angle, scale, shear, right, down = (
        reach * (2.0 * torch.rand(n, generator=random) - 1.0)
        for reach in (radians(ROTATION_DEGREES), SCALE, SHEAR, SHIFT, SHIFT)
    )
    along, across = (1.0 + scale) * angle.cos(), (1.0 + scale) * angle.sin()
    maps = torch.stack(
        [torch.stack([along, shear - across, right], 1), torch.stack([across, along, down], 1)], 1
    )
    places = nn.functional.affine_grid(maps, list(images.shape), align_corners=False)
    return nn.functional.grid_sample(images, places, align_corners=False)

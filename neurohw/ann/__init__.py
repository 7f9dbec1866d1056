"""Networks of PyTorch on analog chips: layers that multiply on a chip, training with the chip in the loop.

Parameters of layers are named as in hxtorch (Spilger et al. 2020, arXiv 2006.13138). Each layer knows its own chip; the
process keeps no state.
"""

from neurohw.errors import MissingPackageError

try:
    import torch  # noqa: F401  (asked for here, so that its absence is explained once)
except ImportError as error:
    raise MissingPackageError(
        f"neurohw.ann needs PyTorch, and it cannot be imported ({error}); "
        "install it with `python -m pip install torch`"
    ) from error

from neurohw.ann.activations import ConvertingReLU, ReLU
from neurohw.ann.augmentation import random_affine
from neurohw.ann.convolutions import Conv1d, Conv2d
from neurohw.ann.costs import LayerCost, layer_costs
from neurohw.ann.importing import from_sequential
from neurohw.ann.layers import Linear
from neurohw.ann.mock import MockParameter, measure_mock_parameter
from neurohw.ann.scaling import ScaleInput, clamp_weight_, scale_input, scale_weight
from neurohw.ann.training import TrainingLog, accuracy, train
from neurohw.ann.transfer import analog_layers, transfer

__all__ = [
    "Conv1d",
    "Conv2d",
    "ConvertingReLU",
    "LayerCost",
    "Linear",
    "MockParameter",
    "ReLU",
    "ScaleInput",
    "TrainingLog",
    "accuracy",
    "analog_layers",
    "clamp_weight_",
    "from_sequential",
    "layer_costs",
    "measure_mock_parameter",
    "random_affine",
    "scale_input",
    "scale_weight",
    "train",
    "transfer",
]

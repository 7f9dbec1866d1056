"""aihwkit's side, run by the interpreter that has aihwkit: nothing of neurohw is imported here.

    python -P aihwkit_side.py WORKLOADS

WORKLOADS (npz) has inputs and weights by name and the unit's numbers. Each line on standard input asks for a run,
``TASK NAME``; each answer is a JSON object on a line. Tasks: ``product`` (torch's, float32), ``tile`` (aihwkit's torch
tile: output noise, output range and resolution of the analog unit, tiles of the size of its arrays) and ``statistics``
of the tile.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any

import numpy as np
import torch
from aihwkit.nn import AnalogLinearMapped
from aihwkit.simulator.configs import TorchInferenceRPUConfig
from aihwkit.simulator.parameters.enums import BoundManagementType, NoiseManagementType

INPUT_MAX, WEIGHT_MAX, RESULT_MAX = 31, 63, 127


def main(path: str) -> None:
    """Answer until standard input ends."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    given = np.load(path)
    layers: dict[str, Any] = {}
    for line in sys.stdin:
        task, name = line.strip().split(" ", 1)
        inputs, weights = (torch.from_numpy(given[f"{name}/{part}"]) for part in ("inputs", "weights"))
        if name not in layers:
            layers[name] = make_layer(given, weights)
        print(json.dumps(TASKS[task](given, layers[name], inputs, weights)), flush=True)


def make_layer(given: Any, weights: Any) -> Any:
    """Return a layer whose outputs are in units of a full input on a full weight."""
    lsb = 1.0 / (float(given["gain"]) * INPUT_MAX * WEIGHT_MAX)
    config = TorchInferenceRPUConfig()
    config.mapping.max_input_size = int(given["rows"])
    config.mapping.max_output_size = int(given["columns"])
    config.mapping.weight_scaling_omega = 0.0
    forward = config.forward
    forward.inp_res = -1.0  # inputs are whole steps already
    forward.out_noise = float(given["noise"]) * lsb
    forward.out_bound = RESULT_MAX * lsb
    forward.out_res = 1.0 / (2 * RESULT_MAX)  # one LSB
    forward.bound_management = BoundManagementType.NONE
    forward.noise_management = NoiseManagementType.NONE
    layer = AnalogLinearMapped(len(weights), weights.shape[1], bias=False, rpu_config=config)
    layer.set_weights(weights.T / WEIGHT_MAX)
    return layer.eval()


def time_product(_: Any, __: Any, inputs: Any, weights: Any) -> dict[str, float]:
    """Return the seconds of the bare product."""
    started = time.thread_time()
    torch.matmul(inputs, weights)
    return {"seconds": time.thread_time() - started}


def time_tile(_: Any, layer: Any, inputs: Any, __: Any) -> dict[str, float]:
    """Return the seconds of the analog layer."""
    scaled = inputs / INPUT_MAX
    with torch.no_grad():
        started = time.thread_time()
        layer(scaled)
        return {"seconds": time.thread_time() - started}


def statistics(given: Any, layer: Any, inputs: Any, weights: Any) -> dict[str, float]:
    """Return mean and variance of the results around the exact product, in LSB."""
    gain = float(given["gain"])
    with torch.no_grad():
        results = layer(inputs / INPUT_MAX) * (gain * INPUT_MAX * WEIGHT_MAX)
        error = (results - gain * (inputs @ weights)).double()
    return {"mean": error.mean().item(), "variance": error.var().item()}


TASKS = {"product": time_product, "tile": time_tile, "statistics": statistics}

if __name__ == "__main__":
    main(*sys.argv[1:])

"""The embedded Runge-Kutta method of Cash and Karp (1990, doi:10.1145/79505.79507): order 5, with an error of order 4.

Channels enter the stages exactly, so that only the membrane's own variables are integrated.
"""

import math

import numpy as np

from neurohw.jit import inlined
from neurohw_event.membranes.equations import write_slopes
from neurohw_event.stepped_layout import AT_END, AT_STAGE, N_STAGES, NOW, SCALE

_STAGES = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1 / 5, 0.0, 0.0, 0.0, 0.0],
        [3 / 40, 9 / 40, 0.0, 0.0, 0.0],
        [3 / 10, -9 / 10, 6 / 5, 0.0, 0.0],
        [-11 / 54, 5 / 2, -70 / 27, 35 / 27, 0.0],
        [1631 / 55296, 175 / 512, 575 / 13824, 44275 / 110592, 253 / 4096],
    ]
)
_FIFTH = np.array([37 / 378, 0.0, 250 / 621, 125 / 594, 0.0, 512 / 1771])
_FOURTH = np.array([2825 / 27648, 0.0, 18575 / 48384, 13525 / 55296, 277 / 14336, 1 / 4])
_ERROR = _FIFTH - _FOURTH
# Part of a variable's size, and of its scale, that a step may be wrong by.
_TOLERANCE = 1e-7


@inlined
def take_step(equation, n_variables, p, held, level, span_ms, cell):
    """Write the variables after a step of ``span_ms`` into ``cell.x[AT_END]``; return the error over what is allowed.

    ``cell`` has the drive at the stages. Where ``held``, v stays; above ``level`` the equation is not followed.
    """
    drive, slopes, x = cell.drive, cell.slopes, cell.x
    for stage in range(N_STAGES):
        # all columns at once, used or not: that is quicker than to count them
        total_0, total_1, total_2, total_3 = 0.0, 0.0, 0.0, 0.0
        for j in range(stage):
            part_ms = span_ms * _STAGES[stage, j]
            total_0 += part_ms * slopes[j, 0]
            total_1 += part_ms * slopes[j, 1]
            total_2 += part_ms * slopes[j, 2]
            total_3 += part_ms * slopes[j, 3]
        x[AT_STAGE, 0] = x[NOW, 0] + total_0
        x[AT_STAGE, 1] = x[NOW, 1] + total_1
        x[AT_STAGE, 2] = x[NOW, 2] + total_2
        x[AT_STAGE, 3] = x[NOW, 3] + total_3
        x[AT_STAGE, 0] = min(x[AT_STAGE, 0], level)
        current_na = drive[stage, 0] - drive[stage, 1] * x[AT_STAGE, 0]
        write_slopes(equation, x[AT_STAGE], current_na, p, slopes[stage])
        if held:
            slopes[stage, 0] = 0.0
    worst = 0.0
    for i in range(n_variables):
        total, error = 0.0, 0.0
        for j in range(N_STAGES):
            total += _FIFTH[j] * slopes[j, i]
            error += _ERROR[j] * slopes[j, i]
        x[AT_END, i] = x[NOW, i] + span_ms * total
        scale = 1.0 if i == 0 else p[SCALE]
        error = abs(span_ms * error) / (_TOLERANCE * (scale + abs(x[NOW, i])))
        worst = max(worst, error) if error >= 0.0 else math.inf  # not a number: too long a step
    return worst

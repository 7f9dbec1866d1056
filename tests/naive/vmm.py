"""An analog chip from its definition, in plain loops: pattern, converter, slices, wires, convolution."""

from __future__ import annotations

from math import floor

import numpy as np


def effective_weight(pattern, row, column, weight):
    """Return what a weight is worth in an array, in weight steps, with the slope of its row's driver."""
    is_exc = weight > 0
    synapse = pattern.synapse_exc if is_exc else pattern.synapse_inh
    gain = pattern.column_gain_exc if is_exc else pattern.column_gain_inh
    return weight * synapse[row, column] * gain[column] * pattern.driver_slope[row]


def driven_input(pattern, row, x):
    """Return an input as its driver sends it."""
    return max(x - pattern.driver_offset[row], 0.0) if x > 0 else 0.0


def membrane(unit, pattern, inputs, weights, num_sends=1):
    """Return the voltage (LSB) of every column of one array for one vector; all charge stays."""
    voltages = []
    for column in range(len(weights[0])):
        total = 0.0
        for row, x in enumerate(inputs):
            total += driven_input(pattern, row, x) * effective_weight(
                pattern, row, column, weights[row][column]
            )
        voltages.append(num_sends * unit.gain * total + pattern.column_offset[column])
    return voltages


def clamp(value, lowest, highest):
    return max(lowest, min(highest, value))


def sliced_result(unit, inputs, column):
    """Return the result of one column of weights whose digits stand in columns of their own, without noise."""
    base = 2**unit.slice_bits
    n = -(-unit.weight_bits // unit.slice_bits)
    whole = 0
    for place in range(n):
        product = 0
        for x, weight in zip(inputs, column, strict=True):
            digit = abs(int(weight)) // base**place % base
            product += int(x) * (digit if weight > 0 else -digit)
        gain = unit.gain * (2**unit.weight_bits - 1) / (base - 1)
        whole += base**place * clamp(floor(gain * product), -128, 127)
    return clamp(floor(whole * ((base - 1) / (2**unit.weight_bits - 1))), -128, 127)


def column_currents(conductance, wire_ohm, row):
    """Return the currents into the ends of the columns for 1 V at the end of one row, by Kirchhoff's laws."""
    rows, columns = conductance.shape
    wire = 1.0 / wire_ohm
    n = rows * columns

    def of_row(i, j):
        return i * columns + j

    def of_column(i, j):
        return n + i * columns + j

    laws = np.zeros((2 * n, 2 * n))
    injected = np.zeros(2 * n)

    def join(a, b, g):
        laws[a, a] += g
        laws[b, b] += g
        laws[a, b] -= g
        laws[b, a] -= g

    for i in range(rows):
        laws[of_row(i, 0), of_row(i, 0)] += wire
        for j in range(columns):
            join(of_row(i, j), of_column(i, j), conductance[i, j])
            if j + 1 < columns:
                join(of_row(i, j), of_row(i, j + 1), wire)
            if i + 1 < rows:
                join(of_column(i, j), of_column(i + 1, j), wire)
    for j in range(columns):
        laws[of_column(rows - 1, j), of_column(rows - 1, j)] += wire
    injected[of_row(row, 0)] = wire
    voltages = np.linalg.solve(laws, injected)
    return [wire * voltages[of_column(rows - 1, j)] for j in range(columns)]


def convolution(inputs, weights, stride, padding, dilation, groups):
    """Return the sums of products of a two-dimensional convolution, int64 [images, out, height, width]."""
    images, _, height, width = inputs.shape
    out, per_group, kernel_height, kernel_width = weights.shape
    sizes = [
        (size + 2 * pad - gap * (kernel - 1) - 1) // step + 1
        for size, pad, gap, kernel, step in zip(
            (height, width), padding, dilation, (kernel_height, kernel_width), stride, strict=True
        )
    ]
    sums = np.zeros((images, out, *sizes), np.int64)
    for image, o, y, x in np.ndindex(sums.shape):
        first = o // (out // groups) * per_group
        for c, ky, kx in np.ndindex(per_group, kernel_height, kernel_width):
            at_y = y * stride[0] + ky * dilation[0] - padding[0]
            at_x = x * stride[1] + kx * dilation[1] - padding[1]
            if 0 <= at_y < height and 0 <= at_x < width:
                sums[image, o, y, x] += int(inputs[image, first + c, at_y, at_x]) * int(weights[o, c, ky, kx])
    return sums

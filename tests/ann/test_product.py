"""The product for autograd: the chip's results forward, the formula of a line backward."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

NO_TORCH = "needs PyTorch: `python -m pip install torch`"
torch = pytest.importorskip("torch", reason=NO_TORCH)
product = pytest.importorskip("neurohw.ann.product", reason=NO_TORCH).product


def strange_chip(inputs, weights):
    """Return results that no line describes."""
    return np.clip(np.floor(0.01 * inputs @ weights + 5.0), -128, 127).astype(np.int8)


def operands(seed, vectors=4, rows=6, columns=3):
    random = np.random.default_rng(seed)
    inputs = torch.tensor(random.uniform(0, 31, (vectors, rows)), requires_grad=True)
    weights = torch.tensor(random.uniform(-63, 63, (rows, columns)), requires_grad=True)
    return inputs, weights, torch.tensor(random.normal(size=(vectors, columns)))


@given(st.integers(0, 10_000), st.floats(1e-4, 1.0))
@settings(max_examples=30, deadline=None)
def test_backward_is_the_line_of_the_rounded_operands(seed, gain):
    inputs, weights, direction = operands(seed)
    result = product(inputs, weights, strange_chip, gain=gain)
    (result * direction).sum().backward()
    x, w, d = (tensor.detach().numpy() for tensor in (inputs, weights, direction))
    assert result.detach().numpy() == pytest.approx(strange_chip(np.rint(x), np.rint(w)))
    # each entry by itself, from the definition
    for i, k in np.ndindex(*x.shape):
        expected = sum(gain * d[i, j] * np.rint(w[k, j]) for j in range(w.shape[1]))
        assert inputs.grad[i, k].item() == pytest.approx(expected, abs=1e-12)
    for k, j in np.ndindex(*w.shape):
        expected = sum(gain * d[i, j] * np.rint(x[i, k]) for i in range(x.shape[0]))
        assert weights.grad[k, j].item() == pytest.approx(expected, abs=1e-12)


def test_on_a_chip_that_is_a_line_the_gradient_is_the_numerical_one():
    """Steps of whole numbers: differences of a linear chip's results are the derivative times the step."""
    inputs, weights, _ = operands(3)
    gain = 0.25

    def linear(x, w):
        return gain * (x @ w)

    product(inputs, weights, linear, gain=gain).sum().backward()
    x, w = np.rint(inputs.detach().numpy()), np.rint(weights.detach().numpy())
    for place in np.ndindex(*w.shape):
        step = np.zeros_like(w)
        step[place] = 1.0
        difference = (linear(x, w + step) - linear(x, w)).sum()
        assert weights.grad[place].item() == pytest.approx(difference)


def test_where_results_are_clipped_the_gradient_is_masked_on_request():
    inputs = torch.full((1, 4), 31.0, requires_grad=True)
    weights = torch.tensor([[63.0, 1.0, -63.0]] * 4, requires_grad=True)

    def saturated(x, w):
        return np.clip(np.floor(0.1 * x @ w), -128, 127).astype(np.int8)

    for limits, expected in ((None, [1, 1, 1]), ((-128, 127), [0, 1, 0])):
        weights.grad = None
        product(inputs, weights, saturated, gain=0.1, limits=limits).sum().backward()
        assert (weights.grad[0] / 3.1).tolist() == pytest.approx(expected)


def test_no_gradient_is_computed_that_nobody_asked_for():
    inputs, weights, _ = operands(1)
    result = product(inputs.detach(), weights, strange_chip, gain=1.0)
    result.sum().backward()
    assert inputs.grad is None
    assert weights.grad is not None

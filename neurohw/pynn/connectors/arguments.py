"""Arguments of connectors, checked as they are made: PyNN's own assertions name neither connector, value nor limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any

from pyNN import connectors
from pyNN.core import IndexBasedExpression
from pyNN.random import AbstractRNG, RandomDistribution

from neurohw.pynn.errors import InvalidValueError
from neurohw.wording import shown

Check = Callable[[str, Any], Any]
ROUNDING = 1e-9  # by which arithmetic may miss a probability of 1
FAR_UM = 1e12  # where PyNN tries an expression of the distance, beside 0


def probability(where: str, value: Any) -> float:
    """Return a number from 0 to 1."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = -1.0
    if not 0 <= number <= 1 + ROUNDING:
        raise InvalidValueError(f"{where} = {shown(value)} must be a number from 0 to 1")
    return min(number, 1.0)


def count(where: str, value: Any) -> Any:
    """Return a number of connections, or a distribution of them."""
    if isinstance(value, RandomDistribution):
        return value
    if not isinstance(value, Integral) or isinstance(value, bool) or value < 0:
        raise InvalidValueError(
            f"{where} = {shown(value)} must be a whole number, 0 or more, or a RandomDistribution"
        )
    return int(value)


def expression_of_distance(where: str, value: Any) -> str:
    """Return an expression in ``d`` that gives a probability at 0 and far away."""
    if not isinstance(value, str):
        raise InvalidValueError(
            f"{where} = {shown(value)} must be an expression of the distance d, such as 'exp(-d)'"
        )
    for distance in (0, FAR_UM):
        try:
            chance = eval(value, vars(connectors), {"d": distance})
        except ZeroDivisionError:
            return value  # PyNN's own error says so
        except Exception as error:  # an expression may raise anything
            raise InvalidValueError(f"{where} = {shown(value)}: {error}") from error
        if not chance >= 0:
            raise InvalidValueError(
                f"{where} = {shown(value)} is {chance} at d = {distance:g}, must be at least 0"
            )
    return value


def expression_of_indices(where: str, value: Any) -> IndexBasedExpression:
    """Return a function of the indices of two cells."""
    if not isinstance(value, IndexBasedExpression):
        raise InvalidValueError(
            f"{where} = {shown(value)} must be an instance of a subclass of pyNN.core.IndexBasedExpression"
        )
    return value


def self_connections(where: str, value: Any) -> Any:
    """Return whether a cell may be connected to itself, or back."""
    if not isinstance(value, bool) and value != "NoMutual":
        raise InvalidValueError(f"{where} = {shown(value)} must be True, False or 'NoMutual'")
    return value


def generator(where: str, value: Any) -> Any:
    """Return a generator of random numbers, or None for PyNN's own."""
    if value is not None and not isinstance(value, AbstractRNG):
        raise InvalidValueError(f"{where} = {shown(value)} must be a generator such as NumpyRNG(seed=1)")
    return value


CHECKS: Mapping[str, Check] = {
    "allow_self_connections": self_connections,
    "d_expression": expression_of_distance,
    "index_expression": expression_of_indices,
    "n": count,
    "p_connect": probability,
    "rng": generator,
}

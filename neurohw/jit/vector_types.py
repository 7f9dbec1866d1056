"""Vectors as numba and LLVM see them: the types, their operators, and the functions of ``neurohw.jit.vectors``."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba import types
from numba.core.datamodel import models
from numba.extending import intrinsic, lower_builtin, register_model, type_callable

from neurohw.jit.vectors import LANES

_LINE = 64  # bytes of a line of a cache


class Vector(types.Type):
    """A vector of numbers or flags.

    Parameters
    ----------
    name : str
    element : ir.Type
    """

    def __init__(self, name: str, element: ir.Type) -> None:
        super().__init__(name)
        self.in_llvm = ir.VectorType(element, LANES)


NUMBERS = Vector("vector of numbers", ir.DoubleType())
FLAGS = Vector("vector of flags", ir.IntType(1))


@register_model(Vector)
class _Model(models.PrimitiveModel):
    def __init__(self, manager: Any, vector: Vector) -> None:
        super().__init__(manager, vector, vector.in_llvm)


def _define(symbol: Any, taken: Vector, given: Vector, write: Callable[..., Any]) -> None:
    """Have kernels know an operator of two vectors; ``write(builder, x, y)`` writes it."""

    @type_callable(symbol)
    def _typed(context: Any) -> Any:
        return lambda x, y: given if x == y == taken else None

    @lower_builtin(symbol, taken, taken)
    def _written(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return write(builder, *args)


_define(operator.add, NUMBERS, NUMBERS, lambda builder, x, y: builder.fadd(x, y))
_define(operator.sub, NUMBERS, NUMBERS, lambda builder, x, y: builder.fsub(x, y))
_define(operator.mul, NUMBERS, NUMBERS, lambda builder, x, y: builder.fmul(x, y))
_define(operator.lt, NUMBERS, FLAGS, lambda builder, x, y: builder.fcmp_ordered("<", x, y))
_define(operator.ge, NUMBERS, FLAGS, lambda builder, x, y: builder.fcmp_ordered(">=", x, y))
_define(operator.and_, FLAGS, FLAGS, lambda builder, x, y: builder.and_(x, y))


def _load(typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        kind = ir.VectorType(context.get_data_type(array.dtype), LANES)
        loaded = builder.load(_place(context, builder, array, args, kind))
        loaded.align = array.dtype.bitwidth // 8
        return _as_numbers(builder, loaded, array.dtype)

    return NUMBERS(array, types.int64), generate


def _as_numbers(builder: Any, vector: Any, type_: Any) -> Any:
    if type_ == types.float64:
        return vector
    if isinstance(type_, types.Float):
        return builder.fpext(vector, NUMBERS.in_llvm)
    return (builder.sitofp if type_.signed else builder.uitofp)(vector, NUMBERS.in_llvm)


def _fetch(typing: Any, array: Any, index: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        number, address = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [address, number, number, number])
        instruction = builder.module.declare_intrinsic("llvm.prefetch", [address], kind)
        begin = _place(context, builder, array, args, ir.IntType(8))
        to_read, to_first_cache, data = number(0), number(3), number(1)
        size = LANES * array.dtype.bitwidth // 8
        for byte in range(0, size, _LINE):
            line = builder.gep(begin, [number(min(byte + _LINE, size) - 1)])
            builder.call(instruction, [line, to_read, to_first_cache, data])
        return context.get_dummy_value()

    return types.none(array, types.int64), generate


def _store(typing: Any, array: Any, index: Any, vector: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        stored = builder.store(args[2], _place(context, builder, array, args, NUMBERS.in_llvm))
        stored.align = array.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.none(array, types.int64, NUMBERS), generate


def _spread(typing: Any, number: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        nothing = ir.Constant(NUMBERS.in_llvm, ir.Undefined)
        first = builder.insert_element(nothing, args[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(ir.IntType(32), LANES), None))

    return NUMBERS(types.float64), generate


def _where(typing: Any, flags: Any, vector: Any, other: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.select(*args)

    return NUMBERS(FLAGS, NUMBERS, NUMBERS), generate


def _bits(typing: Any, flags: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        return builder.zext(builder.bitcast(args[0], ir.IntType(LANES)), ir.IntType(64))

    return types.uint64(FLAGS), generate


def _place(context: Any, builder: Any, array: Any, args: Any, kind: ir.Type) -> Any:
    """Return the address of a vector in an array; arguments begin with the array and the index."""
    data = context.make_array(array)(context, builder, args[0]).data
    return builder.bitcast(builder.gep(data, [args[1]]), kind.as_pointer())


_FUNCTIONS = {
    "load": _load,
    "fetch": _fetch,
    "store": _store,
    "spread": _spread,
    "where": _where,
    "bits": _bits,
}


def vector_intrinsic(name: str, instruction: str) -> Any:
    """Return a function of ``neurohw.jit.vectors`` for kernels."""
    return intrinsic(_FUNCTIONS[instruction])

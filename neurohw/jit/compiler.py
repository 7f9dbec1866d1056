"""Compiling kernels, by numba: what imports it, and so what a process that finds all its kernels on disk leaves out."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numba
from llvmlite import ir
from numba import types
from numba.core import cgutils, config
from numba.core.caching import FunctionCache
from numba.core.registry import cpu_target
from numba.extending import intrinsic

from neurohw.compile_clock import compiling
from neurohw.jit import store
from neurohw.jit.entry import CALLS, entry_object, n_words
from neurohw.jit.linked import LinkedCompiler, LinkedResults, prepared
from neurohw.jit.returned import named_class
from neurohw.jit.signature import NUMBERS, Nested
from neurohw.jit.store import Compiled
from neurohw.jit.vector_types import vector_intrinsic

__all__ = ["vector_intrinsic"]  # which is found here as those below are

_WORD_BYTES = 8
_NO_WRAPPERS = {"no_cpython_wrapper": True}


class _Cache(FunctionCache):
    """numba's cache on disk; where a folder can no longer be written, as on a full disk, it keeps nothing."""

    def save_overload(self, sig: Any, data: Any) -> None:
        with suppress(OSError):
            super().save_overload(sig, data)


class _LinkedCache(_Cache):
    """The same for functions that kernels alone call."""

    _impl_class = LinkedResults


def decorated(
    function: Callable[..., Any], more: dict[str, Any], version: str = "", cache: type[_Cache] = _Cache
) -> Any:
    """Return numba's dispatcher of a function, whose versions are kept in folders of their own."""
    folder = store.folder_of(function, version)
    dispatcher = _jit(function, more)
    if folder is None:
        return dispatcher
    # numba reads the folder here; other libraries' functions keep theirs
    before, config.CACHE_DIR = config.CACHE_DIR, folder
    try:
        dispatcher._cache = cache(function)
    finally:
        config.CACHE_DIR = before
    return dispatcher


def _jit(function: Callable[..., Any], more: dict[str, Any]) -> Any:
    options = {"error_model": "numpy", "nogil": True, "no_cfunc_wrapper": True, **more}
    return numba.njit(**options)(function)


def type_of(dispatcher: Any) -> types.Type:
    """Return the type by which kernels call a dispatcher."""
    return types.Dispatcher(dispatcher)


def type_of_value(value: Any) -> types.Type:
    """Return the type of something that numba knows how to call."""
    cpu_target.typing_context.refresh()
    return cpu_target.typing_context.resolve_value_type(value)


def counting_intrinsic(name: str, instruction: str) -> Any:
    """Return a function for kernels that is an instruction of LLVM, of a word of 64 bits that is not 0."""

    def count(typing: Any, word: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, words: Any) -> Any:
            is_not_0 = context.get_constant(types.boolean, True)
            return getattr(builder, instruction)(words[0], is_not_0)

        return types.int64(types.uint64), generate

    count.__name__ = name
    return intrinsic(count)


def acquiring_intrinsic(name: str) -> Any:
    """Return a function for kernels that reads an entry of an array of int64, and orders what is read after it."""

    def read(typing: Any, words: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return builder.load_atomic(_entry(context, builder, signature, args), "acquire", _WORD_BYTES)

        return types.int64(words, types.int64), generate

    read.__name__ = name
    return intrinsic(read)


def releasing_intrinsic(name: str) -> Any:
    """Return a function for kernels that writes an entry of an array of int64, after all that was written before."""

    def write(typing: Any, words: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            entry = _entry(context, builder, signature, args)
            builder.store_atomic(args[2], entry, "release", _WORD_BYTES)
            return context.get_dummy_value()

        return types.none(words, types.int64, types.int64), generate

    write.__name__ = name
    return intrinsic(write)


def yielding_intrinsic(name: str) -> Any:
    """Return a function for kernels that lets another thread have the processor; only on POSIX it does anything."""
    return _call_of_system(name, "sched_yield")


def sleeping_intrinsic(name: str) -> Any:
    """Return a function for kernels that sleeps for some ten microseconds, as it takes to wake; on POSIX."""
    return _call_of_system(name, "usleep", 1)


def _call_of_system(name: str, symbol: str, *numbers: int) -> Any:
    """Return a function for kernels that calls one of the system's with these numbers, of 32 bits; on POSIX."""

    def call(typing: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            if os.name == "posix":
                number = ir.IntType(32)
                kind = ir.FunctionType(number, [number] * len(numbers))
                function = cgutils.get_or_insert_function(builder.module, kind, symbol)
                builder.call(function, [number(n) for n in numbers])
            return context.get_dummy_value()

        return types.none(), generate

    call.__name__ = name
    return intrinsic(call)


def pausing_intrinsic(name: str) -> Any:
    """Return a function for kernels that leaves a core to its other thread for a moment, on x86."""

    def pause(typing: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            if platform.machine() in ("x86_64", "AMD64"):
                kind = ir.FunctionType(ir.VoidType(), [])
                builder.call(cgutils.get_or_insert_function(builder.module, kind, "llvm.x86.sse2.pause"), [])
            return context.get_dummy_value()

        return types.none(), generate

    pause.__name__ = name
    return intrinsic(pause)


def prefetching_intrinsic(name: str) -> Any:
    """Return a function for kernels that has an entry of an array fetched into the second cache."""

    def fetch(typing: Any, array: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            number, address = ir.IntType(32), ir.IntType(8).as_pointer()
            kind = ir.FunctionType(ir.VoidType(), [address, number, number, number])
            instruction = builder.module.declare_intrinsic("llvm.prefetch", [address], kind)
            entry = builder.bitcast(_entry(context, builder, signature, args), address)
            to_read, to_second_cache, data = number(0), number(2), number(1)
            builder.call(instruction, [entry, to_read, to_second_cache, data])
            return context.get_dummy_value()

        return types.none(array, types.int64), generate

    fetch.__name__ = name
    return intrinsic(fetch)


def fusing_intrinsic(name: str) -> Any:
    """Return a function for kernels that multiplies and adds in one instruction, where the processor has it."""

    def multiply_add(typing: Any, a: Any, b: Any, c: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            number = ir.DoubleType()
            kind = ir.FunctionType(number, [number] * len(args))
            return builder.call(builder.module.declare_intrinsic("llvm.fmuladd", [number], kind), args)

        return types.float64(types.float64, types.float64, types.float64), generate

    multiply_add.__name__ = name
    return intrinsic(multiply_add)


def _entry(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    """Return the address of an entry; arguments begin with the array and the index."""
    array = context.make_array(signature.args[0])(context, builder, args[0])
    return builder.gep(array.data, [args[1]])


def callee(function: Callable[..., Any], options: dict[str, Any]) -> Any:
    """Return the dispatcher of a function that kernels call, without what lets Python call it."""
    more = {**options, **_NO_WRAPPERS, "pipeline_class": LinkedCompiler}
    return prepared(decorated(function, more, cache=_LinkedCache))


def called_by_numba(function: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
    """Return a function that numba calls, whatever its arguments are."""
    dispatcher = decorated(function, options, "python")

    def call(*args: Any) -> Any:
        given = tuple(map(numba.typeof, args))
        if given not in dispatcher.overloads:
            with compiling():
                dispatcher.compile(given)
        return dispatcher(*args)

    return call


def compiled(
    function: Callable[..., Any], options: dict[str, Any], args: tuple[Any, ...], taken: tuple[Nested, ...]
) -> Compiled | None:
    """Compile a function for arguments of these types; None if only numba can run it or make what it returns."""
    dispatcher = _jit(function, {**options, **_NO_WRAPPERS})
    given = tuple(map(numba.typeof, args))
    with compiling():
        dispatcher.compile(given)
    made = dispatcher.overloads[given]
    form = _form(made.signature.return_type)
    if form is None or _needs_numba(made.library) or ("array" in repr(form) and "_nrt" in options):
        return None
    name = made.fndesc.llvm_func_name
    kernel_type = made.target_context.call_conv.get_function_type(made.fndesc.restype, made.fndesc.argtypes)
    description = {
        "returned": form,
        "returned_words": n_words(kernel_type.args[0].pointee),
        "calls": [*CALLS, *_calls(made.library)],
    }
    return Compiled(
        description, (made.library._get_compiled_object(), entry_object(name, kernel_type, taken))
    )


def _needs_numba(library: Any) -> bool:
    """True when code refers to this process's memory, as to a large global array, or makes objects, as to print."""
    prepared = getattr(library, "_reload_init", ())  # of numba 0.61 and later
    return bool(prepared) or library.has_dynamic_globals or "numba_gil_ensure" in _calls(library)


def _calls(library: Any) -> list[str]:
    """Return the names of what is outside the machine code; LLVM's own it resolves itself."""
    module = library._final_module
    symbols = [*module.functions, *module.global_variables]
    return [
        symbol.name for symbol in symbols if symbol.is_declaration and not symbol.name.startswith("llvm.")
    ]


def _form(type_: types.Type) -> list[Any] | None:
    """Describe what is returned for ``neurohw.jit.returned``; None if that cannot make it."""
    match type_:
        case types.NoneType():
            return ["none"]
        case types.Boolean():
            return ["bool"]
        case types.Integer() | types.Float() if type_.name in NUMBERS:
            return [type_.name]
        case types.Array() if str(type_.dtype) in NUMBERS:
            return ["array", str(type_.dtype), type_.ndim, type_.mutable]
        case types.BaseTuple():
            return _tuple_form(type_)
    return None


def _tuple_form(type_: types.BaseTuple) -> list[Any] | None:
    forms = [_form(part) for part in type_.types]
    if None in forms:
        return None
    class_ = getattr(type_, "instance_class", tuple)
    if class_ is tuple:
        return ["tuple", "", "", forms]
    names = class_.__module__, class_.__qualname__
    return ["tuple", *names, forms] if _is_found(class_, *names) else None


def _is_found(class_: type, module: str, name: str) -> bool:
    try:
        return named_class(module, name) is class_
    except (ImportError, AttributeError):
        return False

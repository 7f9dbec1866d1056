"""Machine code in memory, and how it is called."""

from __future__ import annotations

import ctypes
import os
from copy import copy
from functools import cache
from typing import Any

from llvmlite import binding

from neurohw.jit import symbols
from neurohw.jit.failure import raise_failure
from neurohw.jit.returned import returner
from neurohw.jit.signature import objects_of_types
from neurohw.jit.store import Compiled

ENTRY = "neurohw_entry"
DONE, MISMATCH = 0, -100  # the first is numba's
MISMATCHED = object()

_Prototype = ctypes.PYFUNCTYPE(ctypes.c_int32, ctypes.py_object, ctypes.c_void_p, ctypes.c_void_p)


class Native:
    """A kernel for one signature.

    Calls of one object from several threads run at the same time: its entry gives up Python's lock.
    """

    def __init__(self, compiled: Compiled, engine: binding.ExecutionEngine) -> None:
        given = compiled.description
        self._engine = engine
        for code in compiled.objects:
            engine.add_object_file(binding.ObjectFileRef.from_data(code))
        engine.finalize_object()
        self._function = _Prototype(engine.get_function_address(ENTRY))
        self._words = ctypes.c_int64 * max(given["returned_words"], 1)
        self._return = returner(given["returned"])
        self._objects: list[Any] = []
        self._types = (ctypes.c_void_p * 0)()

    def bound(self, args: tuple[Any, ...]) -> Native:
        """Return the same code for arguments whose types are the very objects that those of these are."""
        other = copy(self)
        other._objects = objects_of_types(args)
        other._types = (ctypes.c_void_p * len(other._objects))(*map(id, other._objects))
        return other

    def __call__(self, args: tuple[Any, ...]) -> Any:
        """Return what the kernel returns, or ``MISMATCHED`` if it is one for other types."""
        words = self._words()
        status = self._function(args, self._types, words)
        if status == DONE:
            return self._return(words, args)
        if status != MISMATCH:
            raise_failure(status, words[0])
        return MISMATCHED


def load(compiled: Compiled) -> Native | None:
    """Return a kernel that can be called; None if something that its code calls is not there."""
    # an engine of its own, so that equal names in two kernels do not meet; it lets LLVM see this process's functions
    engine = _engine()
    return None if symbols.missing(compiled.description["calls"]) else Native(compiled, engine)


def _engine() -> binding.ExecutionEngine:
    engine = binding.create_mcjit_compiler(binding.parse_assembly(""), target_machine())
    if os.environ.get("NUMBA_ENABLE_PROFILING", "0") not in ("", "0"):
        engine.enable_jit_events()
    return engine


def target_machine() -> binding.TargetMachine:
    """Return a new machine like that which numba compiles for."""
    return _target().create_target_machine(
        cpu=binding.get_host_cpu_name(),
        reloc="static" if _target().name.startswith("x86") else "default",
        codemodel="jitdefault",
        jit=True,
    )


@cache
def _target() -> binding.Target:
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    return binding.Target.from_triple(binding.get_process_triple())

"""Compilation of kernels: compiled by numba once, kept on disk, and run from there without numba.

Importing numba and bringing it to its first kernel takes half a second and 80 MB. What a kernel needs to run is its
machine code alone, which LLVM loads: numba is imported when there is something to compile.
"""

from neurohw.jit.decorators import inlined, inner, kernel, leaf
from neurohw.jit.store import is_disabled

__all__ = ["inlined", "inner", "is_disabled", "kernel", "leaf"]

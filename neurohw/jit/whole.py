"""How kernels hand arrays and tuples to the functions that they call: as they are, each as one value of LLVM.

numba takes them apart into numbers and pointers, seven for an array, and puts them together again in the function that
is called. Where functions take tuples of dozens of arrays, that was more than half of all intermediate code.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils
from numba.core.callconv import CPUCallConv
from numba.core.imputils import fix_returning_optional, impl_ret_new_ref
from numba.core.lowering import Lower
from numba.core.types.misc import Optional


class WholeCallConv(CPUCallConv):
    """numba's calling convention but for the arguments."""

    def _get_arg_packer(self, argtypes: Any) -> _Whole:
        return _Whole([self.context.get_value_type(type_) for type_ in argtypes])


class _Whole:
    """What stands between values and arguments, where these are the same."""

    def __init__(self, argument_types: list[ir.Type]) -> None:
        self.argument_types = argument_types

    def as_arguments(self, builder: Any, values: Any) -> Any:
        return values

    def from_arguments(self, builder: Any, args: Any) -> Any:
        return args

    def assign_names(self, args: Any, names: list[str]) -> None:
        for argument, name in zip(args, names, strict=True):
            argument.name = name


class WholeLower(Lower):
    """numba's lowering, of a function that takes its arguments so."""

    def setup_function(self, fndesc: Any) -> None:
        """Make the function, with nothing in it."""
        self.function = _declared(self.context, self.module, fndesc)
        WholeCallConv(self.context).decorate_function(self.function, fndesc.args, fndesc.argtypes)
        if fndesc.inline:
            self.function.attributes.add("alwaysinline")
        self.entry_block = self.function.append_basic_block("entry")
        self.builder = ir.IRBuilder(self.entry_block)
        self.call_helper = self.call_conv.init_call_helper(self.builder)

    def extract_function_arguments(self) -> Any:
        """Return the values of the arguments."""
        convention = WholeCallConv(self.context)
        self.fnargs = convention.decode_arguments(self.builder, self.fndesc.argtypes, self.function)
        return self.fnargs


def caller_of(fndesc: Any, library: Any) -> Any:
    """Return what writes a call of such a function, for numba's table of implementations."""

    def write(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        function = _declared(context, builder.module, fndesc)
        call = _call if library.may_raise or isinstance(fndesc.restype, Optional) else _call_safe
        value = call(context, builder, function, fndesc, signature, args)
        return impl_ret_new_ref(context, builder, fndesc.restype, value)

    write.signature = fndesc.argtypes  # type: ignore[attr-defined]
    write.libs = (library,)  # type: ignore[attr-defined]
    return write


def _call(context: Any, builder: Any, function: Any, fndesc: Any, signature: Any, args: Any) -> Any:
    """Write a call as numba does: what is raised goes on."""
    convention = WholeCallConv(context)
    status, value = convention.call_function(builder, function, fndesc.restype, fndesc.argtypes, args)
    with cgutils.if_unlikely(builder, status.is_error):
        convention.return_status_propagate(builder, status)
    return fix_returning_optional(context, builder, signature, status, value)


def _call_safe(context: Any, builder: Any, function: Any, fndesc: Any, _: Any, args: Any) -> Any:
    """Write a call of a function that does not raise."""
    kind = context.call_conv.get_return_type(fndesc.restype).pointee
    place = cgutils.alloca_once(builder, kind)
    builder.store(cgutils.get_null_value(kind), place)
    own_exception = builder.function.args[1]
    builder.call(function, [place, own_exception, *args])
    return context.get_returned_value(builder, fndesc.restype, builder.load(place))


def _declared(context: Any, module: Any, fndesc: Any) -> Any:
    kind = WholeCallConv(context).get_function_type(fndesc.restype, fndesc.argtypes)
    return cgutils.get_or_insert_function(module, kind, fndesc.mangled_name)

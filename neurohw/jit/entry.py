"""The function by which Python calls a kernel's machine code: it checks and reads the arguments itself.

It takes the tuple of arguments, the addresses of the types that they must have, in the order of
``neurohw.jit.signature.objects_of_types``, and a place for what is returned: words of 64 bits. A wrapper of numba
would do the same, and need numba.
"""

from __future__ import annotations

from collections.abc import Iterator

from llvmlite import binding, ir

from neurohw.jit.layout import OFFSETS
from neurohw.jit.native import ENTRY, MISMATCH, target_machine
from neurohw.jit.signature import INTEGERS, NUMBERS, UNSIGNED, Nested, mask_of

CALLS = (
    "PyErr_Clear",
    "PyErr_Occurred",
    "PyEval_RestoreThread",
    "PyEval_SaveThread",
    "PyFloat_AsDouble",
    "PyLong_AsLongLong",
    "PyLong_AsUnsignedLongLongMask",
    "PyObject_IsTrue",
    "PyTuple_GetItem",
    "PyTuple_Size",
)  # functions of Python's that it may call

_WORD, _HALF, _DOUBLE = ir.IntType(64), ir.IntType(32), ir.DoubleType()
_WORDS = ir.PointerType(_WORD)


def entry_object(name: str, kernel_type: ir.FunctionType, types: tuple[Nested, ...]) -> bytes:
    """Return the machine code of the entry of a kernel.

    Parameters
    ----------
    name : str
        The kernel's, in the machine code.
    kernel_type : ir.FunctionType
        Its type in numba's calling convention: a place for the result, one for an exception, the arguments.
    types : tuple
        Of the arguments in Python (``neurohw.jit.signature``).
    """
    module = ir.Module(ENTRY)
    module.triple = binding.get_process_triple()
    entry = ir.Function(module, ir.FunctionType(_HALF, [_WORD, _WORDS, _WORDS]), ENTRY)
    kernel = ir.Function(module, kernel_type, name)
    writer = _Writer(entry, iter(kernel_type.args[2:]))
    writer.take_tuple(entry.args[0], types)
    writer.call(kernel)
    parsed = binding.parse_assembly(str(module))
    parsed.verify()
    return target_machine().emit_object(parsed)


def n_words(result: ir.Type) -> int:
    """Return how many words the entry writes for a result."""
    if isinstance(result, ir.LiteralStructType):
        return sum(map(n_words, result.elements))
    if isinstance(result, ir.ArrayType):
        return result.count * n_words(result.element)
    return 1


class _Writer:
    """Writes the entry, argument after argument.

    ``wanted`` are the types of the kernel's arguments: five for an array and two for each of its dimensions, else one.
    """

    def __init__(self, entry: ir.Function, wanted: Iterator[ir.Type]) -> None:
        _, self._types, self._out = entry.args
        self._wanted = wanted
        self._builder = ir.IRBuilder(entry.append_basic_block())
        self._differs = entry.append_basic_block("differs")
        ir.IRBuilder(self._differs).ret(_HALF(MISMATCH))
        self._n_checked = 0
        self._arguments: list[ir.Value] = []

    def take_tuple(self, given: ir.Value, types: tuple[Nested, ...]) -> None:
        """Read what is in a tuple, once it is known to be one."""
        self._check(_WORD(len(types)), self._python("PyTuple_Size", _WORD, given))
        for k, type_ in enumerate(types):
            self._take(self._python("PyTuple_GetItem", _WORD, given, _WORD(k)), type_)

    def _take(self, given: ir.Value, type_: Nested) -> None:
        expected = self._builder.load(self._builder.gep(self._types, [_WORD(self._n_checked)]))
        self._n_checked += 1
        if type_ == "none":
            self._check(expected, given)
            self._argument(_WORD(0))
            return
        self._check(expected, self._field(given, "type"))
        if isinstance(type_, tuple):
            self.take_tuple(given, type_)
        elif type_ in NUMBERS:
            self._argument(self._number(given, type_))
        else:
            item_bytes, ndim, flags, _ = type_.split(maxsplit=3)
            self._take_array(given, int(item_bytes), int(ndim), int(flags))

    def _number(self, given: ir.Value, type_: str) -> ir.Value:
        """Return a number as a word."""
        builder = self._builder
        if type_ == "bool":
            return builder.zext(self._python("PyObject_IsTrue", _HALF, given), _WORD)
        if type_ in UNSIGNED:
            return self._python("PyLong_AsUnsignedLongLongMask", _WORD, given)
        if type_ not in INTEGERS:
            return builder.bitcast(self._python("PyFloat_AsDouble", _DOUBLE, given), _WORD)
        number = self._python("PyLong_AsLongLong", _WORD, given)
        with builder.if_then(builder.icmp_signed("==", number, _WORD(-1)), likely=False):
            error = self._python("PyErr_Occurred", _WORD)  # a whole number of more than 64 bits
            with builder.if_then(builder.icmp_unsigned("!=", error, _WORD(0)), likely=False):
                self._python("PyErr_Clear", ir.VoidType())
                builder.ret(_HALF(MISMATCH))
        return number

    def _take_array(self, array: ir.Value, item_bytes: int, ndim: int, flags: int) -> None:
        builder = self._builder
        expected = builder.load(builder.gep(self._types, [_WORD(self._n_checked)]))
        self._n_checked += 1
        self._check(expected, self._field(array, "dtype"))
        self._check(_WORD(ndim), self._half(array, "ndim"))
        self._check(_WORD(flags), builder.and_(self._half(array, "flags"), _WORD(mask_of(flags))))
        shape = self._along(array, "shape", ndim)
        strides = self._along(array, "strides", ndim)
        n_items = _WORD(1)
        for length in shape:
            n_items = builder.mul(n_items, length)
        owner = _WORD(0)  # Python holds the memory for as long as the call takes
        for word in (owner, array, n_items, _WORD(item_bytes), self._field(array, "data"), *shape, *strides):
            self._argument(word)

    def call(self, kernel: ir.Function) -> None:
        """Call the kernel without Python's lock, and write what it returns."""
        builder = self._builder
        result, failed = (place.pointee for place in kernel.function_type.args[:2])
        place, failure = builder.alloca(result), builder.alloca(failed)
        builder.store(ir.Constant(result, None), place)
        thread = self._python("PyEval_SaveThread", _WORD)
        status = builder.call(kernel, [place, failure, *self._arguments])
        self._python("PyEval_RestoreThread", ir.VoidType(), thread)
        with builder.if_then(builder.icmp_signed(">", status, _HALF(0)), likely=False):
            builder.store(builder.ptrtoint(builder.load(failure), _WORD), self._out)
            builder.ret(status)
        for at, part in enumerate(self._parts(builder.load(place))):
            builder.store(part, builder.gep(self._out, [_WORD(at)]))
        builder.ret(status)

    def _parts(self, value: ir.Value) -> list[ir.Value]:
        """Return the words of a value."""
        type_ = value.type
        if isinstance(type_, ir.LiteralStructType | ir.ArrayType):
            elements = range(type_.count if isinstance(type_, ir.ArrayType) else len(type_.elements))
            return [part for k in elements for part in self._parts(self._builder.extract_value(value, k))]
        return [self._as_word(value)]

    def _as_word(self, value: ir.Value) -> ir.Value:
        builder = self._builder
        if isinstance(value.type, ir.PointerType):
            return builder.ptrtoint(value, _WORD)
        if isinstance(value.type, ir.FloatType):
            value = builder.fpext(value, _DOUBLE)
        if isinstance(value.type, ir.DoubleType):
            return builder.bitcast(value, _WORD)
        return builder.zext(value, _WORD) if value.type.width < _WORD.width else value

    def _argument(self, word: ir.Value) -> None:
        """Add an argument of the kernel, of the type that comes next."""
        builder, wanted = self._builder, next(self._wanted)
        if isinstance(wanted, ir.PointerType):
            word = builder.inttoptr(word, wanted)
        elif isinstance(wanted, ir.DoubleType | ir.FloatType):
            word = builder.bitcast(word, _DOUBLE)
            word = word if wanted == _DOUBLE else builder.fptrunc(word, wanted)
        elif wanted.width < _WORD.width:
            word = builder.trunc(word, wanted)
        self._arguments.append(word)

    def _check(self, expected: ir.Value, found: ir.Value) -> None:
        """Go on only if the two are equal."""
        go_on = self._builder.append_basic_block()
        same = self._builder.icmp_unsigned("==", expected, found)
        self._builder.cbranch(same, go_on, self._differs)
        self._builder.position_at_end(go_on)

    def _python(self, name: str, returned: ir.Type, *values: ir.Value) -> ir.Value:
        """Call a function of Python's."""
        module = self._builder.module
        if name not in module.globals:
            ir.Function(module, ir.FunctionType(returned, [value.type for value in values]), name)
        return self._builder.call(module.globals[name], values)

    def _field(self, given: ir.Value, name: str) -> ir.Value:
        """Return a word of an object."""
        address = self._builder.add(given, _WORD(OFFSETS[name]))
        return self._builder.load(self._builder.inttoptr(address, _WORDS))

    def _half(self, given: ir.Value, name: str) -> ir.Value:
        """Return a field of 32 bits."""
        address = self._builder.add(given, _WORD(OFFSETS[name]))
        half = self._builder.load(self._builder.inttoptr(address, ir.PointerType(_HALF)))
        return self._builder.zext(half, _WORD)

    def _along(self, array: ir.Value, name: str, ndim: int) -> list[ir.Value]:
        """Return a word for each dimension."""
        if ndim == 0:
            return []
        words = self._builder.inttoptr(self._field(array, name), _WORDS)
        return [self._builder.load(self._builder.gep(words, [_WORD(k)])) for k in range(ndim)]

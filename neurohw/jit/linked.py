"""Functions that kernels alone call, for numba's compiler: typed and lowered, and optimised within each kernel alone.

numba optimises each function's module, with all functions that it calls, and makes machine code of it, although
kernels take in a copy of the module and do both again. Left out here, that saves a third of the time.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import _dynfunc, types
from numba.core.caching import CompileResultCacheImpl
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, compile_result
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering, NopythonRewrites
from numba.core.untyped_passes import InlineClosureLikes

from neurohw.jit.whole import WholeLower, caller_of

# passes for expressions of whole arrays, which would allocate, and for functions within functions
_LEFT_OUT = (NopythonRewrites, InlineClosureLikes)


class LinkedLibrary(JITCodeLibrary):
    """A module that others take in: simplified, but neither optimised nor made machine code of."""

    may_raise = True

    def add_ir_module(self, ir_module: ir.Module) -> None:
        """Take in what was lowered."""
        self.may_raise = any(map(_may_raise, ir_module.functions))
        super().add_ir_module(ir_module)

    def finalize(self) -> None:
        """Take in what it calls."""
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init_from(library)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._final_module.verify()
        self._finalize_final_module()

    def serialize_using_object_code(self) -> tuple[str, str, tuple[bytes, bool]]:
        """Return its bitcode, and whether it may raise; there is no object code."""
        return self.name, "bitcode", (self._get_module_for_linking().as_bitcode(), self.may_raise)

    def take(self, bitcode: bytes, may_raise: bool) -> None:
        """Have the module that was serialized."""
        self._final_module, self.may_raise = binding.parse_bitcode(bitcode), may_raise
        self._finalize_final_module()

    def _optimize_functions(self, ll_module: binding.ModuleRef) -> None:
        if not hasattr(binding, "newpassmanagers"):  # before numba 0.61, whose passes for functions are few
            super()._optimize_functions(ll_module)
            return
        ll_module.data_layout = self._codegen._data_layout
        builder = self._codegen._pass_builder()
        passes = binding.newpassmanagers.create_new_function_pass_manager()
        passes.add_sroa_pass()
        passes.add_instruction_combine_pass()
        for function in ll_module.functions:
            if not function.is_declaration:
                passes.run(function, builder)

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def _reload_init_from(self, library: Any) -> None:
        if hasattr(library, "_reload_init"):  # of numba 0.61 and later
            self._reload_init.update(library._reload_init)


def _may_raise(function: ir.Function) -> bool:
    """False where a function returns nothing but numba's status for success."""
    ends = [block.terminator for block in function.blocks]
    return any(
        isinstance(end, ir.Ret)
        and not (isinstance(end.return_value, ir.Constant) and end.return_value.constant == 0)
        for end in ends
    )


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """numba's lowering into a module of that kind."""

    _name = "linked_lowering"

    @property
    def lowering_class(self) -> type[WholeLower]:
        """What lowers a function."""
        return WholeLower

    def run_pass(self, state: Any) -> bool:
        state.library = LinkedLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.flags.no_compile = True
        _refresh_once(state.targetctx)
        super().run_pass(state)
        fndesc, env = state.cr.fndesc, state.cr.env
        state.library._ensure_finalized()
        entry = _entry(state.library, fndesc, env)
        state.targetctx.insert_func_defn([(caller_of(fndesc, state.library), entry, fndesc.argtypes)])
        state.cr = state.cr._replace(cfunc=entry)
        return True


def _refresh_once(context: Any) -> None:
    """Have numba look for implementations that came with the types of a function, now and not at each array of it."""
    context.refresh()
    context.refresh = lambda: None  # this is a copy of numba's own context for one function


class LinkedCompiler(CompilerBase):
    """numba's compiler with that lowering."""

    def define_pipelines(self) -> list[PassManager]:
        """Return numba's passes but for some."""
        default = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes = PassManager("linked")
        for pass_, text in default.passes:
            if self.state.flags.nrt or pass_ not in _LEFT_OUT:
                passes.add_pass(_Lowering if pass_ is NativeLowering else pass_, text)
        passes.finalize()
        return [passes]


def prepared(dispatcher: Any) -> Any:
    """Return the dispatcher of a function that kernels call, with fewer versions and calls of its own kind."""
    template, context = dispatcher.get_call_template, dispatcher.targetctx.subtarget()

    def insert(function: Any, fndesc: Any, libraries: list[LinkedLibrary]) -> None:
        context.insert_func_defn([(caller_of(fndesc, libraries[0]), function, fndesc.argtypes)])

    # of the context numba uses this alone, for functions that were found on disk
    context.insert_user_function = insert
    dispatcher.targetctx = context
    dispatcher.get_call_template = lambda args, kws: template(
        [_widened(type_) for type_ in args], {name: _widened(type_) for name, type_ in kws.items()}
    )
    return dispatcher


def _widened(type_: types.Type) -> types.Type:
    """Return the type that an argument is handed over as: no constants, and no short signed numbers."""
    type_ = types.unliteral(type_)
    is_short = isinstance(type_, types.Integer) and type_.signed and type_.bitwidth < types.int64.bitwidth
    return types.int64 if is_short else type_


class LinkedResults(CompileResultCacheImpl):
    """How such functions are kept on disk, as bitcode."""

    def reduce(self, data: Any) -> tuple[Any, ...]:
        """Return what is kept; numba's own would also keep a text of all types."""
        data.fndesc.typemap = data.fndesc.calltypes = None
        return data.library.serialize_using_object_code(), data.fndesc, data.environment, data.signature

    def rebuild(self, target_context: Any, payload: tuple[Any, ...]) -> Any:
        """Return what was compiled."""
        (name, _, kept), fndesc, env, signature = payload
        library = LinkedLibrary(target_context.codegen(), name)
        library.take(*kept)
        return compile_result(
            target_context=target_context,
            typing_context=target_context.typing_context,
            library=library,
            environment=env,
            entry_point=_entry(library, fndesc, env),
            fndesc=fndesc,
            signature=signature,
            objectmode=False,
            lifted=(),
            reload_init=[],
            referenced_envs=[],
        )


def _entry(library: LinkedLibrary, fndesc: Any, env: Any) -> Any:
    """Return what stands for the function in numba's tables; nobody calls it."""
    name = fndesc.qualname.rpartition(".")[2]
    return _dynfunc.make_function(fndesc.lookup_module(), name, "called by kernels", 0, env, (library,))

"""Functions that kernels alone call, for numba's compiler: typed and lowered, and optimised within each kernel alone.

numba optimises each function's module, with all functions that it calls, and makes machine code of it, although
kernels take in a copy of the module and do both again. Left out here, that saves a third of the time.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding
from numba import _dynfunc
from numba.core.caching import CompileResultCacheImpl
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import CompilerBase, DefaultPassBuilder, compile_result
from numba.core.compiler_machinery import PassManager, register_pass
from numba.core.typed_passes import NativeLowering


class LinkedLibrary(JITCodeLibrary):
    """A module that others take in: neither optimised nor made machine code of."""

    def finalize(self) -> None:
        """Take in what it calls."""
        for library in dict.fromkeys(self._linking_libraries):
            self._reload_init_from(library)
            self._final_module.link_in(library._get_module_for_linking(), preserve=True)
        self._final_module.verify()
        self._finalize_final_module()

    def serialize_using_object_code(self) -> tuple[str, str, bytes]:
        """Return its bitcode; there is no object code."""
        return self.name, "bitcode", self._get_module_for_linking().as_bitcode()

    def take(self, bitcode: bytes) -> None:
        """Have the module that was serialized."""
        self._final_module = binding.parse_bitcode(bitcode)
        self._finalize_final_module()

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._finalized = True

    def _reload_init_from(self, library: Any) -> None:
        if hasattr(library, "_reload_init"):  # of numba 0.61 and later
            self._reload_init.update(library._reload_init)


@register_pass(mutates_CFG=True, analysis_only=False)
class _Lowering(NativeLowering):
    """numba's lowering into a module of that kind."""

    _name = "linked_lowering"

    def run_pass(self, state: Any) -> bool:
        state.library = LinkedLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.library.enable_object_caching()
        state.flags.no_compile = True
        super().run_pass(state)
        fndesc, env = state.cr.fndesc, state.cr.env
        state.library._ensure_finalized()
        entry = _entry(state.library, fndesc, env)
        state.targetctx.insert_user_function(entry, fndesc, [state.library])
        state.cr = state.cr._replace(cfunc=entry)
        return True


class LinkedCompiler(CompilerBase):
    """numba's compiler with that lowering."""

    def define_pipelines(self) -> list[PassManager]:
        """Return numba's passes but for one."""
        default = DefaultPassBuilder.define_nopython_pipeline(self.state)
        passes = PassManager("linked")
        for pass_, text in default.passes:
            passes.add_pass(_Lowering if pass_ is NativeLowering else pass_, text)
        passes.finalize()
        return [passes]


class LinkedResults(CompileResultCacheImpl):
    """How such functions are kept on disk, as bitcode."""

    def rebuild(self, target_context: Any, payload: tuple[Any, ...]) -> Any:
        """Return what was compiled."""
        (name, _, bitcode), fndesc, env, signature, *_ = payload
        library = LinkedLibrary(target_context.codegen(), name)
        library.take(bitcode)
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

"""A plugin of mypy that tells the two functions named `replace` apart: one is for structs, one for dataclasses.

mypy takes a struct for a dataclass, because both are made from annotated fields; Python does not, when the line runs.
Which fields there are, and of which types, mypy checks for both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mypy.errorcodes import ARG_TYPE
from mypy.plugin import Plugin
from mypy.plugins.dataclasses import replace_function_sig_callback
from mypy.types import Instance, TypeVarType, UnionType, get_proper_type

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy.plugin import FunctionSigContext
    from mypy.types import FunctionLike, Type

_OF_DATACLASSES, _OF_STRUCTS = "dataclasses.replace", "promote_tui.core.value.replace"
_STRUCT = "msgspec.Struct"


class ReplacePlugin(Plugin):
    """Refuses a struct where a dataclass is replaced, and a dataclass where a struct is."""

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """Return what checks a call of this function."""
        return {_OF_DATACLASSES: _check_dataclass, _OF_STRUCTS: _check_struct}.get(fullname)


def _check_dataclass(ctx: FunctionSigContext) -> FunctionLike:
    if True in _kinds(ctx):
        ctx.api.fail(f"{_OF_DATACLASSES} takes no struct; {_OF_STRUCTS} does", ctx.context, code=ARG_TYPE)
    return replace_function_sig_callback(ctx)


def _check_struct(ctx: FunctionSigContext) -> FunctionLike:
    if False in _kinds(ctx):
        ctx.api.fail(f"{_OF_STRUCTS} takes structs only", ctx.context, code=ARG_TYPE)
    return replace_function_sig_callback(ctx)


def _kinds(ctx: FunctionSigContext) -> set[bool]:
    """Return for each class that the first argument may be of whether it is a struct."""
    return {kind for each in ctx.args[0] for kind in _are_structs(ctx.api.get_expression_type(each))}


def _are_structs(found: Type) -> set[bool]:
    proper = get_proper_type(found)
    if isinstance(proper, UnionType):
        return {kind for item in proper.items for kind in _are_structs(item)}
    if isinstance(proper, TypeVarType):
        return _are_structs(proper.upper_bound)
    return {proper.type.has_base(_STRUCT)} if isinstance(proper, Instance) else set()


def plugin(_version: str) -> type[Plugin]:
    """Return the plugin, as mypy asks for it."""
    return ReplacePlugin

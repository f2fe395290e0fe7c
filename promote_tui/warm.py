"""A quick start: the methods of dataclasses are kept compiled, as Python keeps its modules.

A dataclass has six methods compiled from text whenever its module is imported. Textual and the core have
some hundred of them, and the first frame would wait for all that compiling: with it, the first frame takes a
fifth more than a bare Textual app's (docs/benchmarks.md). So the code that each text compiles to is kept beside
the package's own compiled modules, under that very text: it cannot be out of date.

This is unusual: between `begin` and `end` the standard library's `dataclasses` calls our function where it would
call `exec`. Where that name is not used any more, nothing is kept and the start is as slow as without; so it is
where the file cannot be written, is damaged, or comes from another version of Python.
"""

from __future__ import annotations

import builtins
import dataclasses
import marshal
import os
import sys
from importlib.util import MAGIC_NUMBER
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import CodeType

FILE = os.path.join(os.path.dirname(__file__), "__pycache__", f"methods.{sys.implementation.cache_tag}")  # noqa: PTH118, PTH120 - pathlib is not needed for it
_MODULE: Any = dataclasses


class Warm:
    """The code that is known, and what was asked for since `begin`."""

    def __init__(self, file: str = FILE) -> None:
        self._file = file
        self._known: dict[str, CodeType] = {}
        self._used: dict[str, CodeType] = {}

    def begin(self) -> None:
        """From now on take what is known instead of compiling it."""
        self._known = _read(self._file)
        _MODULE.exec = self._run  # what the module calls `exec` from now on; the builtin stays what it is

    def end(self) -> None:
        """Compile as ever again, and keep what was new."""
        vars(_MODULE).pop("exec", None)
        if self._used.keys() - self._known.keys() and not sys.dont_write_bytecode:
            _write(self._file, self._used)

    def _run(self, text: str, *names: dict[str, Any]) -> None:
        code = self._known.get(text) or compile(text, "<string>", "exec")
        self._used[text] = code
        builtins.exec(code, *names)  # noqa: S102 - what the module would have done itself


def _read(file: str) -> dict[str, CodeType]:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            magic, known = marshal.loads(stream.read())  # noqa: S302 - beside the modules that Python itself reads so
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return known if magic == MAGIC_NUMBER and isinstance(known, dict) else {}


def _write(file: str, codes: dict[str, CodeType]) -> None:
    part = f"{file}.{os.getpid()}"
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as stream:  # noqa: PTH123 - as above
            marshal.dump((MAGIC_NUMBER, codes), stream)
        os.replace(part, file)  # noqa: PTH105 - as above
    except OSError:
        if os.path.exists(part):  # noqa: PTH110 - as above
            os.unlink(part)  # noqa: PTH108 - as above

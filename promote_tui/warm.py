"""A quick start: methods of dataclasses and regular expressions are kept compiled, as Python keeps its modules.

A dataclass has six methods compiled from text whenever its module is imported, and a regular expression is
compiled from its text likewise. Textual and the core have hundreds of the former and dozens of the latter, and
the first frame would wait for all that compiling: with it, the first frame takes a quarter more than a bare
Textual app's (docs/benchmarks.md). So what each text compiles to is kept beside the package's own compiled
modules, under that very text: it cannot be out of date.

This is unusual: between `begin` and `end` the standard library's `dataclasses` calls our function where it would
call `exec`, and `re` where it would parse. Where those names are not used any more, nothing is kept and the start
is as slow as without; so it is where the file cannot be written, is damaged, or comes from another version of Python.
"""

from __future__ import annotations

import builtins
import dataclasses
import marshal
import os
import re
import sys
from importlib.util import MAGIC_NUMBER
from types import SimpleNamespace
from typing import Any

FILE = os.path.join(os.path.dirname(__file__), "__pycache__", f"methods.{sys.implementation.cache_tag}")  # noqa: PTH118, PTH120 - pathlib is not needed for it
_DATACLASSES: Any = dataclasses
_PATTERNS: Any = getattr(re, "_compiler", None)
_ENGINE: Any = getattr(_PATTERNS, "_sre", None)
_VERSION = (MAGIC_NUMBER, getattr(_ENGINE, "MAGIC", 0))


class Warm:
    """What is known by its text, and what was asked for since `begin`.

    A text stands for the code of methods; a (pattern, flags) for all that the engine of regular expressions is given.
    """

    def __init__(self, file: str = FILE) -> None:
        self._file = file
        self._known: dict[Any, Any] = {}
        self._used: dict[Any, Any] = {}
        self._parts: tuple[Any, ...] = ()

    def begin(self) -> None:
        """From now on take what is known instead of compiling it."""
        self._known = _read(self._file)
        _DATACLASSES.exec = self._run  # what the module calls `exec` from now on; the builtin stays what it is
        if _ENGINE is not None:
            self._compile = _PATTERNS.compile
            _PATTERNS.compile = self._pattern
            _PATTERNS._sre = SimpleNamespace(**{**vars(_ENGINE), "compile": self._noted})  # noqa: SLF001 - see above

    def end(self) -> None:
        """Compile as ever again, and keep what was new."""
        vars(_DATACLASSES).pop("exec", None)
        if _ENGINE is not None and _PATTERNS.compile == self._pattern:
            _PATTERNS.compile, _PATTERNS._sre = self._compile, _ENGINE  # noqa: SLF001 - the same
        if self._used.keys() - self._known.keys() and not sys.dont_write_bytecode:
            _write(self._file, self._used)

    def _run(self, text: str, *names: dict[str, Any]) -> None:
        code = self._known.get(text) or compile(text, "<string>", "exec")
        self._used[text] = code
        builtins.exec(code, *names)  # noqa: S102 - what the module would have done itself

    def _pattern(self, text: Any, flags: int = 0) -> re.Pattern[Any]:  # noqa: ANN401 - text, bytes or what was parsed before
        key = text, int(flags)
        if not isinstance(text, str | bytes) or flags & re.DEBUG:
            return self._compile(text, flags)  # type: ignore[no-any-return]
        parts = self._known.get(key)
        if parts is None:
            found: re.Pattern[Any] = self._compile(text, flags)
            parts = self._parts if self._parts and self._parts[0] is text else None
        else:
            found = _ENGINE.compile(*parts)
        if parts is not None:
            self._used[key] = parts
        return found

    def _noted(self, text: Any, flags: int, code: list[int], *groups: Any) -> re.Pattern[Any]:  # noqa: ANN401 - as the engine takes them
        self._parts = (text, int(flags), [int(word) for word in code], *groups)  # some are of types that only `re` has
        return _ENGINE.compile(*self._parts)  # type: ignore[no-any-return]


def _read(file: str) -> dict[Any, Any]:
    try:
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            version, known = marshal.loads(stream.read())  # noqa: S302 - beside the modules that Python itself reads so
    except (OSError, EOFError, ValueError, TypeError):
        return {}
    return known if version == _VERSION and isinstance(known, dict) else {}


def _write(file: str, codes: dict[Any, Any]) -> None:
    part = f"{file}.{os.getpid()}"
    whole = marshal.dumps((_VERSION, codes))
    try:
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as stream:  # noqa: PTH123 - as above
            stream.write(whole)
        os.replace(part, file)  # noqa: PTH105 - as above
    except OSError:
        if os.path.exists(part):  # noqa: PTH110 - as above
            os.unlink(part)  # noqa: PTH108 - as above

"""Compiled methods and regular expressions between two starts: they only ever save time."""

from __future__ import annotations

import dataclasses
import marshal
import re
import subprocess
import sys
from importlib.util import MAGIC_NUMBER
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from promote_tui.warm import Warm

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let bytecode be written, whatever this machine's environment says."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)


def _point() -> object:
    """Make a class with all that a dataclass has, and return one of its values."""

    @dataclasses.dataclass(frozen=True, slots=True, order=True)
    class Point:
        x: int
        y: int = 2

    return Point(1)


def _made(file: Path) -> object:
    warm = Warm(str(file))
    warm.begin()
    try:
        return _point()
    finally:
        warm.end()


def _is_right(point: object) -> bool:
    again = type(point)(1)  # type: ignore[call-arg]
    return repr(point).endswith("Point(x=1, y=2)") and point == again and hash(point) == hash(again)


def _codes(file: Path) -> dict[str, object]:
    _magic, codes = marshal.loads(file.read_bytes())  # noqa: S302 - it was written here
    return dict(codes)


def test_what_was_compiled_once_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "methods"
    assert _is_right(_made(file))
    compiled: list[object] = []
    monkeypatch.setattr("promote_tui.warm.compile", lambda *words: compiled.append(words), raising=False)
    assert _is_right(_made(file))
    assert compiled == []


def test_the_module_is_left_as_it_was(tmp_path: Path) -> None:
    _made(tmp_path / "methods")
    assert "exec" not in vars(dataclasses)
    compiler = vars(re)["_compiler"]
    assert (compiler.compile.__module__, vars(compiler)["_sre"].__name__) == ("re._compiler", "_sre")


PATTERNS: list[tuple[Any, int, Any]] = [
    (r"(?P<key>\w+)=(?P<value>[^;]*)", 0, "a=1; b=2"),
    (rb"^\d+$", re.MULTILINE, b"12\n34"),
    (r"stra(?:ß|ss)e", re.IGNORECASE, "STRASSE"),
    (r"\A . # any", re.VERBOSE | re.DOTALL, "\n"),
]


def _matched(file: Path) -> list[object]:
    re.purge()
    warm = Warm(str(file))
    warm.begin()
    try:
        found = [re.compile(text, flags) for text, flags, _ in PATTERNS]
    finally:
        warm.end()
    return [
        (it.flags, dict(it.groupindex), it.findall(words)) for it, (_, _, words) in zip(found, PATTERNS, strict=True)
    ]


def test_an_expression_is_parsed_once_and_finds_what_it_found_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "methods"
    re.purge()
    plain = [re.compile(text, flags) for text, flags, _ in PATTERNS]
    wanted = [
        (it.flags, dict(it.groupindex), it.findall(words)) for it, (_, _, words) in zip(plain, PATTERNS, strict=True)
    ]
    assert _matched(file) == wanted
    parsed: list[object] = []
    monkeypatch.setattr("re._compiler._parser.parse", lambda *words: parsed.append(words))
    assert _matched(file) == wanted
    assert parsed == []


def test_an_expression_that_is_wrong_is_wrong_every_time(tmp_path: Path) -> None:
    warm = Warm(str(tmp_path / "methods"))
    warm.begin()
    try:
        for _ in range(2):
            with pytest.raises(re.error, match="missing"):
                re.compile("(unfinished")
    finally:
        warm.end()


def _other_version(file: Path) -> None:
    codes = {text: compile("raise SystemExit", "<string>", "exec") for text in _codes(file)}
    file.write_bytes(marshal.dumps((b"other", codes)))


DAMAGE: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-40]),
    "no marshal": lambda file: file.write_bytes(b"\x00\xff" * 200),
    "another shape": lambda file: file.write_bytes(marshal.dumps([1, 2, 3])),
    "no mapping": lambda file: file.write_bytes(marshal.dumps((MAGIC_NUMBER, ["text"]))),
    "another version of Python": _other_version,
}


@pytest.mark.parametrize("name", DAMAGE)
def test_a_file_that_is_no_good_is_written_anew(name: str, tmp_path: Path) -> None:
    file = tmp_path / "methods"
    _made(file)
    whole = _codes(file)
    DAMAGE[name](file)
    assert _is_right(_made(file))
    assert _codes(file).keys() == whole.keys()


def test_where_nothing_can_be_written_the_start_is_only_slower(tmp_path: Path) -> None:
    assert _is_right(_made(tmp_path / "no such folder" / "methods"))
    assert list(tmp_path.iterdir()) == []


def test_a_start_without_bytecode_writes_none_here_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _is_right(_made(tmp_path / "methods"))
    assert list(tmp_path.iterdir()) == []


START = """
import sys
from promote_tui.warm import Warm
warm = Warm(sys.argv[1])
warm.begin()
import promote_tui.core.model.pipeline, promote_tui.core.planning.plan
warm.end()
print(promote_tui.core.model.pipeline.Aws("eu-west-1", "1" * 12))
"""


def test_two_starts_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "methods"
    argv = [sys.executable, "-c", START, str(file)]
    starts = [subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    answers = [start.communicate(timeout=60)[0] for start in starts]
    assert answers == ["Aws(region='eu-west-1', account='111111111111', profile=None, role_arn=None)\n"] * 2
    assert [entry.name for entry in tmp_path.iterdir()] == ["methods"]
    assert len(_codes(file)) > 10

"""Starting the program for real: what is imported, where a bare start goes, and how trouble looks."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from promote_tui import __main__ as start
from promote_tui import __version__
from promote_tui.cli.click_types import Branch
from promote_tui.cli.global_options import GLOBALS, GlobalOptions, parse_globals_only
from promote_tui.cli.main import main

if TYPE_CHECKING:
    import click

ROOT = Path(__file__).parents[3]
HEAVY = ("_hashlib", "boto3", "botocore", "click", "git", "platformdirs", "pydantic", "textual", "yaml")


def _python(code: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run code in a fresh interpreter, without a terminal."""
    return subprocess.run(
        [sys.executable, "-c", code, *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=3000,
    )


def _program(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return _python(
        "import sys; from promote_tui.__main__ import main; sys.exit(main(sys.argv[1:]))", *words, **environment
    )


PRINT_HEAVY = f"import sys; print(sorted(set({HEAVY!r}) & {{name.partition('.')[0] for name in sys.modules}}))"


def test_the_version_imports_nothing_heavy() -> None:
    answer = _python(f"from promote_tui.__main__ import main; main(['--version']); {PRINT_HEAVY}")
    assert answer.stdout == f"promote-tui {__version__}\n[]\n"


def test_core_imports_the_standard_library_and_msgspec_only() -> None:
    names = sorted(path.stem for path in (ROOT / "promote_tui" / "core").glob("*.py") if path.stem != "__init__")
    lines = "; ".join(f"import promote_tui.core.{name}" for name in names)
    # zoneinfo reads the file that tells how Python was built, whose name is the platform's
    ours = "{name.partition('.')[0] for name in sys.modules if not name.startswith('_sysconfigdata')}"
    ours = f"{ours} - before - set(sys.stdlib_module_names)"
    code = f"import sys; before = {{name.partition('.')[0] for name in sys.modules}}; {lines}; print(sorted({ours}))"
    assert _python(code).stdout == "['msgspec', 'promote_tui', 'typing_extensions']\n"


def test_help_imports_neither_boto3_nor_textual_nor_git() -> None:
    answer = _python(f"from promote_tui.__main__ import main; main(['status', '-h']); {PRINT_HEAVY}")
    assert answer.stdout.splitlines()[-1] == "['click']"


LATER = tuple(
    f"promote_tui.{name}"
    for name in ("adapters", "bootstrap", "demo", "engine", "ports", "tui.actions.help", "tui.dialogs", "tui.terminal")
)
"""What is ours and not in the first frame: it is imported when it is wanted first."""


FIRST_FRAME = f"""
import os, sys
from pathlib import Path
from textual.drivers.linux_driver import LinuxDriver
painted = LinuxDriver.write
def write(driver, data):
    painted(driver, data)
    if "acme" in data:
        loaded = sorted(set({HEAVY!r}) & {{name.partition(".")[0] for name in sys.modules}})
        loaded += sorted(set({LATER!r}) & set(sys.modules))
        options = driver._app.options
        Path(sys.argv.pop()).write_text(repr((loaded, options.read_only, options.ascii_only)))
        os._exit(7)
LinuxDriver.write = write
from promote_tui.__main__ import main
sys.exit(main(sys.argv[1:-1]))
"""


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    """A folder with a configuration that was read once before, so that it is in the cache."""
    (tmp_path / "promote-tui.yml").write_bytes((ROOT / "config.example.yml").read_bytes())
    return tmp_path


@pytest.mark.pty
@pytest.mark.parametrize(
    ("words", "options"), [((), (False, False)), (("--read-only",), (True, False)), (("--ascii",), (False, True))]
)
def test_the_first_frame_is_painted_before_anything_else_is_imported(
    acme: Path, words: tuple[str, ...], options: tuple[bool, bool]
) -> None:
    assert _program("-C", str(acme), "config", "validate").returncode == 0
    answer = acme / "loaded"
    child = pexpect.spawn(
        sys.executable,
        ["-c", FIRST_FRAME, "-C", str(acme), *words, str(answer)],
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color"},
        encoding="utf-8",
        timeout=300,
        dimensions=(24, 100),
    )
    said = child.read()
    child.close()
    assert child.exitstatus == 7, said
    assert answer.read_text() == repr((["platformdirs", "textual"], *options))


def test_a_bare_start_without_a_terminal_prints_the_status(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = _hear_click(monkeypatch)
    monkeypatch.setattr(start, "in_terminal", lambda: False)
    assert start.main(["--read-only"]) == 0
    assert heard == [["--read-only", "status"]]


def test_a_view_that_there_is_not_is_refused_before_the_screen(
    acme: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "in_terminal", lambda: True)
    monkeypatch.setattr("promote_tui.tui.app.run", lambda *_: pytest.fail("the screen was opened"))
    assert start.main(["-C", str(acme), "--view", "mien"]) == 2
    assert "--view mien: there is no such view; one of: mine, prod-behind" in capsys.readouterr().err


def _hear_click(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    heard: list[list[str]] = []

    def run(words: list[str]) -> int:
        heard.append([*words])
        return 0

    monkeypatch.setattr("promote_tui.cli.main.run", run)
    return heard


def test_a_command_never_opens_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    heard = _hear_click(monkeypatch)
    monkeypatch.setattr(start, "in_terminal", lambda: True)
    assert start.main(["--read-only", "runs"]) == 0
    assert heard == [["--read-only", "runs"]]


class Terminal:
    """A stream that is a terminal, or is not."""

    def __init__(self, *, tty: bool) -> None:
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty

    def flush(self) -> None:
        """Nothing is kept back."""


@pytest.mark.parametrize(
    ("stdin", "stdout", "stderr", "term", "expected"),
    [
        (True, True, True, "xterm", True),
        (True, True, True, "dumb", False),
        (False, True, True, "xterm", False),
        (True, False, True, "xterm", False),
        (True, True, False, "xterm", False),
        (None, True, True, "xterm", False),
        (True, None, True, "xterm", False),
        (True, True, None, "xterm", False),
    ],
)
def test_what_counts_as_a_terminal(
    monkeypatch: pytest.MonkeyPatch,
    stdin: bool | None,
    stdout: bool | None,
    stderr: bool | None,
    term: str,
    expected: bool,
) -> None:
    """The screen is drawn on stderr, as Textual does: with `2>file` it would not be seen."""
    monkeypatch.setenv("TERM", term)
    with monkeypatch.context() as patch:
        for name, tty in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            patch.setattr(sys, name, None if tty is None else Terminal(tty=tty))
        found = start.in_terminal()
    assert found is expected


def test_on_native_windows_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(os, "name", "nt")
        code = start.main(["status"])
    assert code == 2
    assert "inside WSL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), GlobalOptions()),
        (("--version",), GlobalOptions(version=True)),
        (("-C", "x", "--config", "f"), GlobalOptions(directory="x", config="f")),
        (("-Cx", "--config=f"), GlobalOptions(directory="x", config="f")),
        (("--read-only", "--ascii", "--color", "never"), GlobalOptions(read_only=True, ascii_only=True, color="never")),
        (("--color=purple",), None),
        (("--config",), None),
        (("status",), None),
        (("--read-only", "status"), None),
        (("--help",), None),
        (("--",), None),
        (("--read-only=yes",), None),
    ],
)
def test_only_global_options_make_a_bare_start(words: tuple[str, ...], expected: GlobalOptions | None) -> None:
    assert parse_globals_only(words) == expected


def test_the_command_line_takes_every_global_option_everywhere() -> None:
    names = {option.name for option in GLOBALS}
    pending: list[click.Command] = [main]
    while pending:
        command = pending.pop()
        params = command.get_params(command.make_context("x", [], resilient_parsing=True))
        assert names <= {name for param in params for name in param.opts}
        pending += [*command.commands.values()] if isinstance(command, Branch) else []


@pytest.mark.parametrize("words", [("--version", "status"), ("status", "--version"), ("--read-only", "--version")])
def test_the_version_is_told_wherever_it_is_asked_for(words: tuple[str, ...]) -> None:
    answer = _program(*words)
    assert (answer.returncode, answer.stdout) == (0, f"promote-tui {__version__}\n")


CRASH = """
import sys
from promote_tui.cli import main as module
from promote_tui.__main__ import main
def run(words):
    raise {error}
module.run = run
sys.exit(main(["status"]))
"""


def test_what_nobody_foresaw_is_one_line_and_a_private_report() -> None:
    answer = _python(CRASH.format(error="ValueError('a\\x1b]52;c;x\\x07 key AKIAIOSFODNN7EXAMPLE')"))
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (1, "", 1)
    head, _, path = answer.stderr.strip().partition(", please report; details in ")
    assert head.startswith("internal error: ValueError: a\ufffd]52")
    report = Path(path)
    assert report.parent == Path(os.environ["XDG_STATE_HOME"]) / "promote-tui"
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    assert stat.S_IMODE(report.parent.stat().st_mode) == 0o700
    text = report.read_text()
    assert "Traceback" in text
    assert "AKIAIOSFODNN7EXAMPLE" not in text


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        ("KeyboardInterrupt", 130, "interrupted"),
        ("OSError(28, 'No space left on device', '/state/x')", 1, "/state/x: No space left on device"),
        ("PermissionError(13, 'Permission denied')", 1, "promote-tui: Permission denied"),
        ("BrokenPipeError()", 1, ""),
    ],
)
def test_expected_trouble_is_one_line_without_a_traceback(error: str, code: int, line: str) -> None:
    answer = _python(CRASH.format(error=error))
    assert (answer.returncode, answer.stdout, answer.stderr.strip()) == (code, "", line)


def test_a_reader_that_goes_away_is_no_noise() -> None:
    script = f"{sys.executable} -m promote_tui config schema | head -n 1"
    answer = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=True, timeout=3000)
    assert (answer.stdout, answer.stderr) == ("{\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full disk to write to")
@pytest.mark.parametrize("words", ["--version", "config schema", "-h"])
def test_a_full_disk_behind_stdout_is_said_and_is_a_failure(words: str) -> None:
    script = f"{sys.executable} -m promote_tui {words} > /dev/full"
    answer = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=3000)
    assert (answer.returncode, answer.stderr) == (1, "promote-tui: No space left on device\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_crash(closed: str) -> None:
    script = f"{sys.executable} -m promote_tui config path --config /nowhere.yml {closed}"
    answer = subprocess.run(["sh", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False, timeout=3000)
    assert answer.returncode == 2
    assert "Traceback" not in answer.stderr


def test_an_encoding_without_our_signs_is_no_crash(acme: Path) -> None:
    (acme / "promote-tui.yml").write_text("version: 1\nprojekt: Übergröße ✓\n", encoding="utf-8")
    answer = _program("-C", str(acme), "config", "validate", PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert answer.returncode == 2
    assert answer.stderr.isascii()
    assert "internal error" not in answer.stderr

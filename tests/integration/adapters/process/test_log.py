"""A child's output on its way into the log: masked, bounded, and dropped after a crash."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.process import child as process
from promote_tui.adapters.process import log
from promote_tui.adapters.process.log import MaskedLog, drop_raw, raw_path
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2-and-more"
DROPPED = "[the rest of the output was dropped: the runner died before it could be masked]\n"
MULTILINE = "-----BEGIN KEY-----\nabcdefgh\nijklmnop\n-----END KEY-----"


class Child:
    """Writes as a child does: appending to the raw file."""

    def __init__(self, folder: Path, *secrets: str) -> None:
        self.path = folder / "log"
        self.log = MaskedLog.start(self.path, secrets)
        self._end = self.log.child_end()

    def says(self, *parts: str) -> None:
        """Write each part, and let the log take it in."""
        for part in parts:
            self.writes(part.encode())
            self.log.drain()

    def writes(self, raw: bytes) -> None:
        """Write bytes that nobody takes in yet."""
        os.write(self._end, raw)

    def dies(self) -> None:
        """Forget the log's owner, as kill -9 does; what is in the raw file stays."""
        os.close(self._end)

    def text(self) -> str:
        """Return what the log holds at the end."""
        os.close(self._end)
        self.log.finish()
        assert not raw_path(self.path).exists()
        return self.path.read_text()


@pytest.mark.parametrize(
    ("parts", "logged"),
    [
        ([f"a {SECRET} b\n"], "a [masked] b\n"),
        (["hun", "ter2-", "and-more\n"], "[masked]\n"),
        ([f"{SECRET}"], "[masked]"),
        ([f"{MULTILINE}\n"], "[masked]\n"),
        (["-----BEGIN KEY-----\nabcd", "efgh\n", "ijklmnop\n"], "[masked]\n[masked]\n[masked]\n"),
        (["id AKIAIOSFODNN7EXAMPLE\n"], "id [masked]\n"),
        (["h\u00e4", "l", "t\n"], "h\u00e4lt\n"),
        (["one\ntwo\nthr"], "one\ntwo\nthr"),
    ],
)
def test_secrets_are_masked_however_they_arrive(tmp_path: Path, parts: list[str], logged: str) -> None:
    child = Child(tmp_path, SECRET, MULTILINE)
    child.says(*parts)
    assert child.text() == logged


def test_only_whole_lines_are_shown_while_the_child_runs(tmp_path: Path) -> None:
    child = Child(tmp_path, SECRET)
    child.says("first\nhunter2")
    assert child.path.read_text() == "first\n"
    assert child.text() == "first\nhunter2"


def test_output_that_is_not_utf8_is_kept_readable(tmp_path: Path) -> None:
    child = Child(tmp_path)
    child.writes(b"caf\xe9\n\xff")
    assert child.text() == "caf\ufffd\n\ufffd"


def test_a_secret_in_a_line_without_end_is_masked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_LINE_CHARACTERS", 100)
    child = Child(tmp_path, SECRET)
    for _ in range(60):
        child.says("x" * 37, SECRET[:7], SECRET[7:])
    text = child.text()
    assert text.count("[masked]") == 60
    assert "hunter2" not in text
    assert text.replace("\n", "").replace("[masked]", "") == "x" * 37 * 60


def test_a_flood_is_bounded_and_its_end_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "LOG_BYTES", 10_000)
    monkeypatch.setattr(log, "RAW_BYTES", 50_000)
    child = Child(tmp_path, SECRET)
    child.says("the beginning\n")
    for number in range(40):
        child.says(f"line {number} {SECRET}\n" * 1000)
        assert raw_path(child.path).stat().st_size < 50_000 + 30_000
    child.says("Error: the reason\n")
    text = child.text()
    assert text.startswith("the beginning\n")
    assert text.endswith("Error: the reason\n")
    assert "bytes of output were dropped here" in text
    assert "hunter2" not in text
    assert "2-and-more" not in text
    assert len(text) < 10_000 + 40 * (log.HELPING_BYTES + 100)


def test_a_child_that_prints_hundreds_of_megabytes_is_not_killed_for_it(tmp_path: Path) -> None:

    script = "yes line | head -c 300000000; echo the end"
    end = process.run(
        ["sh", "-c", script],
        cwd=tmp_path,
        environment={"PATH": os.environ["PATH"]},
        log=tmp_path / "log",
        idle=60,
        total=90,
    )
    assert end.code == 0
    assert (tmp_path / "log").stat().st_size < log.LOG_BYTES + 10_000_000
    assert (tmp_path / "log").read_bytes().endswith(b"\nthe end\n")


def test_a_full_disk_costs_output_not_the_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    child = Child(tmp_path, SECRET)
    child.says("one\n")
    with monkeypatch.context() as full:
        full.setattr(log, "_write", _no_space)
        child.says("two\n")
    child.says("three\n")
    assert child.text() == "one\n\n[promote-tui: 4 bytes of output were dropped here]\nthree\n"


def _no_space(_fd: int, _data: bytes) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize(
    ("drained", "left", "logged"),
    [
        ("shown\n", f"{SECRET}\n", f"shown\n{DROPPED}"),
        ("shown\nhalf", "", f"shown\n{DROPPED}"),
        ("shown\n", "", "shown\n"),
        ("", "left", DROPPED),
    ],
)
def test_what_was_not_masked_before_a_crash_is_dropped_and_the_log_says_so_once(
    tmp_path: Path, drained: str, left: str, logged: str
) -> None:
    child = Child(tmp_path, SECRET)
    child.says(drained)
    child.writes(left.encode())
    child.dies()
    for _ in range(2):
        drop_raw(child.path)
        assert child.path.read_text() == logged
        assert not raw_path(child.path).exists()


def test_a_raw_file_that_is_a_link_is_removed_unread(tmp_path: Path) -> None:
    (tmp_path / "theirs").write_text("x" * 100)
    raw_path(tmp_path / "log").symlink_to(tmp_path / "theirs")
    drop_raw(tmp_path / "log")
    assert [path.name for path in tmp_path.iterdir()] == ["theirs"]


def test_next_run_drops_what_a_crash_left_too(tmp_path: Path) -> None:
    crashed = Child(tmp_path)
    crashed.writes(b"left over\n")
    crashed.dies()
    child = Child(tmp_path)
    child.says("new\n")
    assert child.text() == f"{DROPPED}new\n"


def test_raw_file_is_private(tmp_path: Path) -> None:
    child = Child(tmp_path)
    assert raw_path(child.path).stat().st_mode & 0o777 == 0o600
    child.text()


def test_log_grows_while_the_child_still_runs(tmp_path: Path) -> None:
    child = Child(tmp_path)
    end = child.log.child_end()
    with subprocess.Popen(["sh", "-c", "echo early; read x"], stdin=subprocess.PIPE, stdout=end) as running:

        def is_in_the_log() -> bool:
            child.log.drain()
            return child.path.read_text() == "early\n"

        until(is_in_the_log)
        assert running.poll() is None
    os.close(end)
    child.text()

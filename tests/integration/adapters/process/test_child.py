"""A child process: where its output goes, how it is stopped, and how it is recognised later."""

from __future__ import annotations

import contextlib
import itertools
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from promote_tui.adapters.process import child as process
from promote_tui.adapters.process.log import drop_raw
from promote_tui.adapters.process.system import SystemClock, group_lives
from promote_tui.core.errors import DeployError
from promote_tui.core.runs.run import Process
from promote_tui.ports import ProcessEnd
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUICK_LADDER = ((signal.SIGINT, 0.2), (signal.SIGTERM, 0.2), (signal.SIGKILL, 10.0))
STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    os.fork()
print(os.getpid(), flush=True)
time.sleep(120)
"""


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short graces: these tests do not wait for a person's CLI."""
    monkeypatch.setattr(process, "LADDER", QUICK_LADDER)
    monkeypatch.setattr(process, "LINGER_SECONDS", 0.2)
    monkeypatch.setattr(process, "POLL_SECONDS", 0.02)
    monkeypatch.setattr(process, "HEARTBEAT_SECONDS", 0.1)


def run(
    script: str,
    folder: Path,
    *,
    idle: float = 20,
    total: float = 20,
    environment: dict[str, str] | None = None,
    on_start: Callable[[Process], None] | None = None,
    on_poll: Callable[[], None] | None = None,
) -> ProcessEnd:
    """Run a shell script with its log in `folder`."""
    return process.run(
        ["sh", "-c", script],
        cwd=folder,
        environment=environment or {"PATH": os.environ["PATH"]},
        log=folder / "log",
        idle=idle,
        total=total,
        on_start=on_start,
        on_poll=on_poll,
    )


@pytest.mark.parametrize(("script", "code"), [("exit 0", 0), ("exit 3", 3), ("kill -9 $$", -9)])
def test_exit_code_is_the_childs_own(tmp_path: Path, script: str, code: int) -> None:
    assert run(script, tmp_path) == ProcessEnd(code, "exited")


def test_both_streams_are_appended_to_a_private_log(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("before\n")
    (tmp_path / "log").chmod(0o600)
    run("echo out; echo err >&2; printf unfinished", tmp_path)
    assert (tmp_path / "log").read_text() == "before\nout\nerr\nunfinished"
    assert [path.name for path in tmp_path.iterdir()] == ["log"]


def test_a_new_log_is_for_its_owner_only(tmp_path: Path) -> None:
    run("echo x", tmp_path)
    assert (tmp_path / "log").stat().st_mode & 0o777 == 0o600


def test_output_is_a_regular_file_while_the_child_runs(tmp_path: Path) -> None:
    run("test -f /dev/stdout && test -f /dev/stderr && echo regular", tmp_path)
    assert (tmp_path / "log").read_text() == "regular\n"


@pytest.mark.parametrize("held", [True, False])
def test_child_has_no_input_its_own_session_and_a_common_umask(tmp_path: Path, *, held: bool) -> None:
    run(
        "cat; umask; ps -o pgid=,sid= -p $$ | tr -s ' ' ; echo $$",
        tmp_path,
        on_start=(lambda _: None) if held else None,
    )
    umask, group, pid = (tmp_path / "log").read_text().splitlines()
    assert umask == "0022"
    assert group.split() == [pid, pid]


def test_arguments_are_not_given_to_a_shell(tmp_path: Path) -> None:
    argv = ["printf", "%s|", "$HOME", "a b", "; exit 4", "*"]
    for on_start in (None, lambda _: None):
        log = tmp_path / "log"
        process.run(argv, cwd=tmp_path, environment={}, log=log, idle=9, total=9, on_start=on_start)
        assert log.read_text() == "$HOME|a b|; exit 4|*|"
        log.unlink()


@pytest.mark.parametrize("held", [True, False])
@pytest.mark.parametrize(
    ("program", "message"),
    [
        ("osls-that-is-not-there", "osls-that-is-not-there: it is not on the PATH; install it, or fix the command"),
        ("npx", "npx: it is not on the PATH; install Node.js 20.19 or newer, which brings npx"),
        ("./wrapper", "./wrapper: there is no such file; install it, or fix the command"),
        ("./plain.txt", "./plain.txt: it cannot be started: Permission denied; make it an executable program"),
    ],
)
def test_a_program_that_cannot_start_is_named_with_what_to_do(
    tmp_path: Path, program: str, message: str, *, held: bool
) -> None:
    (tmp_path / "plain.txt").write_text("not a program")
    heard: list[Process] = []
    with pytest.raises(DeployError) as caught:
        process.run(
            [program],
            cwd=tmp_path,
            environment={"PATH": str(tmp_path)},
            log=tmp_path / "log",
            idle=9,
            total=9,
            on_start=heard.append if held else None,
        )
    assert str(caught.value) == message
    assert not heard
    assert not (tmp_path / "log.raw").exists()


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeployError, match=r"the folder .*/gone does not exist"):
        process.run(["true"], cwd=tmp_path / "gone", environment={}, log=tmp_path / "log", idle=9, total=9)


def test_a_log_that_is_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "log").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DeployError, match="the log cannot be written"):
        run("echo x", tmp_path)
    assert not (tmp_path / "elsewhere").exists()


def test_a_planted_raw_file_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "log.raw").symlink_to(tmp_path / "elsewhere")
    run("echo x", tmp_path)
    assert not (tmp_path / "elsewhere").exists()
    assert (tmp_path / "log").read_text() == "x\n"


@pytest.mark.parametrize(
    ("script", "idle", "total", "end"),
    [
        ("trap 'exit 7' INT; echo x; while :; do sleep 0.1; done", 0.3, 30, ProcessEnd(7, "idle")),
        ("trap '' INT; echo x; while :; do sleep 0.1; done", 0.3, 30, ProcessEnd(-signal.SIGTERM, "idle")),
        ("trap '' INT TERM; while :; do sleep 0.1; done", 0.3, 30, ProcessEnd(-signal.SIGKILL, "idle")),
        ("trap '' INT; while :; do echo x; sleep 0.05; done", 30, 0.5, ProcessEnd(-signal.SIGTERM, "timeout")),
        ("for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.2; done", 1.3, 30, ProcessEnd(0, "exited")),
    ],
)
def test_limits_end_a_child_and_output_puts_idleness_off(
    tmp_path: Path, script: str, idle: float, total: float, end: ProcessEnd
) -> None:
    assert run(script, tmp_path, idle=idle, total=total) == end


def test_a_child_that_ignores_signals_is_killed_with_its_descendants(tmp_path: Path) -> None:
    log, heard = tmp_path / "log", list[Process]()

    def stop_once_all_run() -> None:
        if len(log.read_text().split()) == 3:
            raise StopError

    with pytest.raises(StopError):
        process.run(
            [sys.executable, "-c", STUBBORN],
            cwd=tmp_path,
            environment={},
            log=log,
            idle=60,
            total=60,
            on_start=heard.append,
            on_poll=stop_once_all_run,
        )
    assert not process.alive(heard[0])
    for pid in map(int, log.read_text().split()):
        until(lambda pid=pid: not process.start_marker(pid) or _zombie(pid))  # type: ignore[misc]


def test_what_a_leader_leaves_behind_is_ended(tmp_path: Path) -> None:
    heard: list[Process] = []
    end = run("sleep 100 & exit 5", tmp_path, on_start=heard.append)
    assert end == ProcessEnd(5, "exited")
    assert not process.alive(heard[0])


class StopError(Exception):
    """What a caller raises."""


def test_raising_while_polling_ends_the_group(tmp_path: Path) -> None:
    heard: list[Process] = []

    def poll() -> None:
        raise StopError

    with pytest.raises(StopError):
        run("echo began; sleep 100", tmp_path, on_start=heard.append, on_poll=poll)
    assert not process.alive(heard[0])
    assert (tmp_path / "log").read_text() == "began\n"
    assert not (tmp_path / "log.raw").exists()


def test_polling_has_a_rhythm_of_its_own(tmp_path: Path) -> None:
    beats: list[float] = []
    enough = tmp_path / "enough"

    def poll() -> None:
        beats.append(time.monotonic())
        if len(beats) > 3:
            enough.touch()

    run(f"until [ -e {enough} ]; do sleep 0.02; done", tmp_path, on_poll=poll)
    assert len(beats) > 3
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(beats))


def test_child_does_nothing_before_its_start_was_heard_of(tmp_path: Path) -> None:
    mark = tmp_path / "mark"

    def hear(started: Process) -> None:
        assert process.alive(started)
        until(lambda: psutil.Process(started.pid).status() == psutil.STATUS_SLEEPING, "it waits to be let go")
        assert not mark.exists()

    run(f"touch {mark}", tmp_path, on_start=hear)
    assert mark.exists()


def test_child_never_starts_where_hearing_of_it_raises(tmp_path: Path) -> None:
    heard: list[Process] = []

    def hear(started: Process) -> None:
        heard.append(started)
        raise StopError

    with pytest.raises(StopError):
        run(f"touch {tmp_path}/mark", tmp_path, on_start=hear)
    assert not process.alive(heard[0])
    assert not (tmp_path / "mark").exists()


_DIES = """
import os, signal, sys
from pathlib import Path
from promote_tui.adapters.process import child as process
folder = Path(sys.argv[1])
def hear(child):
    (folder / "child").write_text(f"{child.pid} {child.started}")
    if sys.argv[2] == "hearing":
        os.kill(os.getpid(), signal.SIGKILL)
process.run(["sh", "-c", "echo began key-4711; touch mark; sleep 2; echo ended"], cwd=folder,
            environment={"PATH": os.environ["PATH"]}, log=folder / "log", idle=60, total=60,
            secrets=("key-4711",), on_start=hear)
"""


def _start_and_kill(folder: Path, moment: str) -> Process:
    runner = subprocess.Popen([sys.executable, "-c", _DIES, str(folder), moment], start_new_session=True)
    if moment == "running":
        until((folder / "mark").exists)
        runner.kill()
    runner.wait()
    pid, started = (folder / "child").read_text().split(" ", 1)
    return Process(int(pid), started)


def test_child_never_starts_where_its_owner_is_killed_while_hearing_of_it(tmp_path: Path) -> None:
    child = _start_and_kill(tmp_path, "hearing")
    until(lambda: not process.alive(child))
    assert not (tmp_path / "mark").exists()


def test_child_outlives_its_killed_owner_and_is_still_known(tmp_path: Path) -> None:

    child = _start_and_kill(tmp_path, "running")
    assert process.alive(child)
    until(lambda: not process.alive(child))
    drop_raw(tmp_path / "log")
    text = (tmp_path / "log").read_text()
    assert "key-4711" not in text
    assert text.endswith("[the rest of the output was dropped: the runner died before it could be masked]\n")
    assert not (tmp_path / "log.raw").exists()


@pytest.fixture
def orphan(tmp_path: Path) -> Iterator[Process]:
    """A group whose leader has died and was reaped, and whose other member lives."""
    leader = subprocess.Popen(["sh", "-c", "sleep 60 & read x"], stdin=subprocess.PIPE, start_new_session=True)
    known = Process(leader.pid, process.start_marker(leader.pid))
    until(lambda: len(_group(leader.pid)) > 1)
    leader.kill()
    leader.wait()
    assert leader.stdin
    leader.stdin.close()
    yield known
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGKILL)


def test_group_is_alive_after_its_leaders_death(orphan: Process) -> None:
    assert process.alive(orphan)
    os.killpg(orphan.pid, signal.SIGKILL)
    until(lambda: not process.alive(orphan))


def test_group_of_another_boot_is_not_alive(orphan: Process) -> None:
    ticks = orphan.started.partition("@")[0]
    assert not process.alive(Process(orphan.pid, f"{ticks}@another-boot"))


def test_leader_that_is_a_zombie_is_not_alive() -> None:
    child = subprocess.Popen(["true"], start_new_session=True)
    known = Process(child.pid, process.start_marker(child.pid))
    until(lambda: _zombie(child.pid))
    assert process.start_marker(child.pid) == known.started
    assert not process.alive(known)
    child.wait()


def test_a_later_process_of_the_same_number_is_not_the_child() -> None:
    mine = Process(os.getpgrp(), process.start_marker(os.getpgrp()))
    assert process.alive(mine)
    assert not process.alive(Process(mine.pid, "12@then"))


def test_start_time_is_stable_and_empty_for_nobody() -> None:
    assert process.start_marker(os.getpid()) == process.start_marker(os.getpid()) != ""
    gone = subprocess.Popen(["true"])
    gone.wait()
    assert process.start_marker(gone.pid) == ""
    assert not group_lives(gone.pid)


def test_captured_text_is_whole_and_leaves_no_file(tmp_path: Path) -> None:
    end, text = process.capture(["sh", "-c", "echo a; exit 2"], cwd=tmp_path, environment={}, seconds=120)
    assert (end, text) == (ProcessEnd(2, "exited"), "a\n")
    assert not list(tmp_path.iterdir())


def test_captured_text_is_kept_in_a_private_folder_of_its_callers_choice_meanwhile(tmp_path: Path) -> None:
    argv = ["ls", "-l", str(tmp_path)]
    _, text = process.capture(argv, cwd=tmp_path, environment=dict(os.environ), seconds=120, within=tmp_path)
    assert re.search(r"^drwx------.* promote-tui-\w+$", text, re.MULTILINE)
    assert not list(tmp_path.iterdir())


def test_clock_is_aware_and_in_utc() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    clock.sleep(0)
    assert clock.now().utcoffset() is not None
    assert clock.monotonic() >= before


def _group(leader: int) -> list[str]:
    found = subprocess.run(["ps", "-A", "-o", "pgid="], capture_output=True, text=True, check=True)
    return [row for row in found.stdout.split() if row == str(leader)]


def _zombie(pid: int) -> bool:
    with contextlib.suppress(FileNotFoundError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return True

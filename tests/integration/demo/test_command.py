"""`demo` needs a terminal; `demo --check` proves that the program works, and says when it does not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from promote_tui.core.errors import UsageError
from promote_tui.demo.command import run
from tests.support import compiled_cli
from tests.support.processes import naming
from tests.support.waiting import until

SCREEN = """
import sys
from promote_tui.demo.command import run
sys.exit(run(check=False, say=print, services=()))
"""


SHELL = SCREEN.replace("check=False", "check=False, in_shell=True")


def lying(folder: Path) -> Path:
    """A Serverless CLI that packages, and answers a deploy with success."""
    wrapper = folder / "osls"
    wrapper.write_text(f'#!/bin/sh\n[ "$1" = deploy ] && exit 0\nexec {compiled_cli.install_for_demo(folder)} "$@"\n')
    wrapper.chmod(0o755)
    return wrapper


def test_without_a_terminal_it_refuses_and_names_the_check() -> None:
    with pytest.raises(UsageError, match="no terminal; use promote-tui demo --check, or --shell with commands"):
        run(check=False, say=print)


@pytest.mark.aws
@pytest.mark.pty
@pytest.mark.parametrize(("number", "code"), [(None, 0), (signal.SIGTERM, 143)])
def test_the_program_opens_on_the_sandbox_and_nothing_is_left_afterwards(
    number: signal.Signals | None, code: int
) -> None:
    """It is quit by its key, or the demo is ended from outside; Ctrl-C is not the demo's while the program runs."""
    with pexpect.spawn(
        sys.executable, ["-c", SCREEN], dimensions=(24, 80), timeout=180, encoding="utf-8", codec_errors="replace"
    ) as screen:
        screen.expect(r"sandbox in (\S+)")
        folder = Path(str(screen.match[1]))
        screen.expect("webhooks.*never")
        assert folder.is_dir()
        os.kill(screen.pid, signal.SIGINT)
        if number:
            screen.kill(number)
        else:
            screen.send("q")
        screen.expect(pexpect.EOF)
        screen.wait()
        assert screen.exitstatus == code
    until(lambda: not folder.exists() and not naming(folder))


def test_a_check_in_a_shell_is_refused() -> None:
    with pytest.raises(UsageError, match="--check and --shell exclude each other"):
        run(check=True, in_shell=True, say=print)


@pytest.mark.aws
@pytest.mark.parametrize("shell", ["/bin/sh", ""])
def test_a_shell_has_the_command_line_of_the_sandbox(shell: str) -> None:
    commands = "pwd\npromote-tui status webhooks\ncd shop/services && promote-tui config path\nexit 7\n"
    environment = os.environ | {"SHELL": shell}
    done = subprocess.run(
        [sys.executable, "-c", SHELL], input=commands, capture_output=True, text=True, timeout=180, env=environment,
        check=False,
    )  # fmt: skip
    said, shown = done.stdout.partition("exit removes the sandbox\n")[::2]
    folder = Path(said.partition("sandbox in ")[2].splitlines()[0])
    where, *rest = shown.splitlines()
    assert (done.returncode, where) == (7, f"{folder}/acme")
    assert any(line.startswith("webhooks") and "never" in line for line in rest)
    assert rest[-1] == f"{folder}/acme/promote-tui.yml"
    assert not folder.exists()


@pytest.mark.aws
@pytest.mark.cli
@pytest.mark.timeout(300)
def test_the_check_passes_with_the_real_cli(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    said: list[str] = []
    cli = compiled_cli.install_for_demo(tmp_path)
    assert run(check=True, say=said.append, cli=cli, services=()) == 0, said
    assert said[-1].startswith("demo check passed: catalog ")
    assert capfd.readouterr().out.count("catalog") >= 2


@pytest.mark.aws
@pytest.mark.cli
@pytest.mark.usefixtures("capfd")
def test_a_cli_that_says_success_without_deploying_fails_the_check(tmp_path: Path) -> None:
    said: list[str] = []
    assert run(check=True, say=said.append, cli=lying(tmp_path), services=()) == 1
    assert said[-1].startswith("demo check failed: catalog ")
    assert any(line == "promote to dev ended with exit code 1" for line in said)
    assert any(line.startswith("catalog/prod: the stack names no commit") for line in said)

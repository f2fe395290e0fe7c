"""`promote-tui demo`: the program or a shell on a sandbox, or a proof without a screen that the whole of it works."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from promote_tui.core.errors import UsageError
from promote_tui.demo.sandbox import Sandbox, sandbox
from promote_tui.demo.verify import SeenStack, differences, read_stacks
from promote_tui.demo.world import ACCOUNTS, SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from pathlib import Path

_SERVICE = "catalog"
_BRANCH = "main"
_LEAVE_SECONDS = 5.0


def run(
    *,
    check: bool,
    say: Callable[[str], None],
    in_shell: bool = False,
    cli: Path | None = None,
    services: Collection[str] = tuple(SERVICES),
) -> int:
    """Build a sandbox, run the program on it, remove it, and return the exit code; raises PromoteError.

    With `check`, promote one commit through all stages instead and return 0 only if the stacks agree. With `in_shell`,
    run the user's shell in the sandbox instead; without a terminal it takes its commands from stdin.
    `say` hears of the progress; `cli` is what the program deploys with instead of the real CLI, and `services`
    are those that have been deployed before.
    """
    if check and in_shell:
        raise UsageError("demo", "--check and --shell exclude each other", "use one of them")
    if not (check or in_shell or (sys.stdin.isatty() and sys.stdout.isatty())):
        remedy = "use promote-tui demo --check, or --shell with commands on stdin"
        raise UsageError("demo", "it opens a screen, and there is no terminal", remedy)
    with sandbox(say, services=services, cli=cli) as built:
        if check:
            return _prove(built, say)
        return _shell(built, say) if in_shell else _foreground(built, built.command())


def _shell(built: Sandbox, say: Callable[[str], None]) -> int:
    """Run the user's shell beside the sandbox's configuration, where `promote-tui` is this program."""
    say("a shell in the sandbox: try promote-tui status, or promote-tui for the screen; exit removes the sandbox")
    return _foreground(built, [os.environ.get("SHELL") or "/bin/sh"])


def _foreground(built: Sandbox, argv: Sequence[str]) -> int:
    """Give the terminal to a program until it ends; should we be ended first, it may put the terminal back.

    Ctrl-C belongs to the program meanwhile, and to a pager that it opened.
    """
    before = signal.signal(signal.SIGINT, lambda *_: None)
    program = subprocess.Popen(argv, cwd=built.config.parent, env=dict(built.environment))
    try:
        code = program.wait()
        return code if code >= 0 else 128 - code
    finally:
        if program.poll() is None:
            program.terminate()
            _patiently(program)
        signal.signal(signal.SIGINT, before)


def _patiently(program: subprocess.Popen[bytes]) -> None:
    try:
        program.wait(_LEAVE_SECONDS)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _prove(built: Sandbox, say: Callable[[str], None]) -> int:
    commit = built.commit(_SERVICE, _BRANCH)
    _print_matrix(built)
    wrong = _promote(built, commit, say)
    _print_matrix(built)
    wrong += _disagreements(built, commit)
    for line in wrong:
        say(line)
    if wrong:
        say(f"demo check failed: {_SERVICE} {commit[:7]} is not proven to be on all stages")
        return 1
    say(f"demo check passed: {_SERVICE} {commit[:7]} is on {', '.join(ACCOUNTS)}, and all stacks agree with status")
    return 0


def _promote(built: Sandbox, commit: str, say: Callable[[str], None]) -> list[str]:
    """Take the commit through the stages by the program's own commands, up to the first that fails."""
    for stage in ACCOUNTS:
        consent = ("--confirm", f"{_SERVICE} {stage}") if stage == "prod" else ("--yes",)
        say(f"promoting {_SERVICE} {commit[:7]} to {stage}")
        done = built.run("promote", _SERVICE, "--to", stage, "--commit", commit, *consent)
        if done.returncode:
            for line in done.stderr.splitlines():  # its files are about to go
                say(f"  {line}")
            return [f"promote to {stage} ended with exit code {done.returncode}"]
    return []


def _disagreements(built: Sandbox, commit: str) -> list[str]:
    seen = read_stacks(built)
    wrong = []
    for stage in ACCOUNTS:
        stack = seen[_SERVICE, stage]
        if stack is None or stack.commit != commit:
            found = (stack.commit if stack else None) or "no commit"
            wrong.append(f"{_SERVICE}/{stage}: the stack names {found[:9]}, not {commit[:7]}")
    return wrong + _compare(built.run("status", "--json"), seen)


def _compare(status: subprocess.CompletedProcess[str], seen: Mapping[tuple[str, str], SeenStack | None]) -> list[str]:
    try:
        return differences(json.loads(status.stdout), seen)
    except ValueError:
        return [f"status --json gave no JSON: {_last_line(status)}"]


def _last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"exit code {done.returncode}"


def _print_matrix(built: Sandbox) -> None:
    """Let `status` write to our own stdout."""
    sys.stdout.flush()
    subprocess.run(
        built.command("status"),
        cwd=built.config.parent,
        env=dict(built.environment),
        stdin=subprocess.DEVNULL,
        check=False,
    )

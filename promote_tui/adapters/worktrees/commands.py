"""Running a project's own commands in a checkout: its installation, and `deploy.before`."""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.adapters.process import child
from promote_tui.adapters.process import environment as child_environment
from promote_tui.adapters.process.log import open_log
from promote_tui.adapters.worktrees import install_output
from promote_tui.core.errors import DeployError
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.adapters.worktrees.install import Install
    from promote_tui.core.model.pipeline import Service
    from promote_tui.ports import ProcessEnd

_TAIL = 64 * 1024
_LONGEST = 400
_TROUBLE = re.compile(r"(?i)\b(?:err|error|fatal)\b[:!]?\s*\S")


NO_ACCOUNT = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull} | {
    "AWS_EC2_METADATA_DISABLED": "true"
}
"""What keeps an AWS SDK from the credentials that it would find by itself."""


@dataclass(frozen=True, slots=True)
class Output:
    """Where a command's output goes; `on_poll` is called about once a second, and what it raises stops the command."""

    log: Path
    on_poll: Callable[[], None] | None = None


def install(service: Service, stage: str, wanted: Install, root: Path, output: Output) -> None:
    """Install a project's dependencies; raises DeployError, which names who asks for a missing program."""
    try:
        folder = root / wanted.folder
        run(service, stage, wanted.argv, folder, root, output.log, on_poll=output.on_poll)
    except DeployError as problem:
        if problem.subject != wanted.argv[0]:
            raise
        who = wanted.lockfile or "deploy.install"
        cause = f"nothing was installed: {who} asks for {problem.subject}: {problem.cause}"
        remedy = f"{problem.remedy}, or set deploy.install"
        raise DeployError(f"{service.name}/{stage}", cause, remedy) from problem


def run(  # noqa: PLR0913, PLR0917 - each a fact of its own
    service: Service,
    stage: str,
    argv: Sequence[str],
    cwd: Path,
    root: Path,
    log: Path,
    *,
    extra: Mapping[str, str] | None = None,
    hidden: tuple[str, ...] = (),
    on_poll: Callable[[], None] | None = None,
) -> None:
    """Run a command to its end with its output in the log; raises DeployError where it fails.

    Its environment holds no AWS credentials, its log no `hidden` value; the programs of the project's dependencies
    are on its PATH. What `on_poll` raises, called about once a second, stops it.
    """
    environment = child_environment.with_programs(child_environment.base(service, extra=extra), cwd, root)
    where = note(log, f"\n$ {shlex.join(argv)}\n")
    end = child.run(
        argv,
        cwd=cwd,
        environment=environment,
        log=log,
        idle=service.deploy.idle_seconds,
        total=service.deploy.total_seconds,
        secrets=(*child_environment.secret_values(service), *hidden),
        on_poll=on_poll,
    )
    if end.code or end.why != "exited":
        reason = _reason(log, where)
        cause = f"`{shlex.join(argv)}` {_ending(service, end)}{reason}"
        help_ = _help(service, environment, reason, cwd, root)
        raise DeployError(f"{service.name}/{stage}", cause, f"{help_}the whole output is in {log}")


def note(log: Path, text: str) -> int:
    """Write a line of our own and return where the command's output begins."""
    with os.fdopen(open_log(log), "ab") as file:
        file.write(text.encode("utf-8", "replace"))
        file.flush()
        return os.fstat(file.fileno()).st_size


def _ending(service: Service, end: ProcessEnd) -> str:
    match end.why:
        case "idle":
            return f"was stopped: it wrote nothing for {plural(round(service.deploy.idle_seconds), 'second')}"
        case "timeout":
            return f"was stopped: it took more than {plural(round(service.deploy.total_seconds), 'second')}"
        case "exited" | "hung":
            return f"ended with exit code {end.code}"


def _reason(log: Path, where: int) -> str:
    """Return what a package manager says that failed, else the first line that speaks of an error, else the last."""
    with log.open("rb") as file:
        file.seek(max(where, os.fstat(file.fileno()).st_size - _TAIL))
        text = file.read().decode("utf-8", "replace")
    lines = [line for line in text.splitlines() if line.strip()]
    said = install_output.reason_in(text)[:_LONGEST]
    said = said or next((line for line in lines if _TROUBLE.search(line)), lines[-1] if lines else "").strip()[:200]
    return f": {said}" if said else ""


def _help(service: Service, environment: Mapping[str, str], reason: str, cwd: Path, root: Path) -> str:
    """Return what would help against the reason, with what the package managers' settings read; empty for nothing."""
    read = dict.fromkeys(
        name for text in _settings(environment, cwd, root) for name in install_output.variables_in(text)
    )
    absent = [name for name in read if name not in environment]
    passed = {*service.deploy.pass_env, *(name for name, _ in service.deploy.env)}
    found = install_output.remedy_for(reason, tuple(read), absent, passed)
    return f"{found}; " if found else ""


def _settings(environment: Mapping[str, str], cwd: Path, root: Path) -> Iterator[str]:
    """Yield the settings that a package manager reads there: the folder's, those above it and the user's."""
    folders = [cwd, *(above for above in cwd.parents if above == root or root in above.parents)]
    for folder in (*folders, Path(environment.get("HOME", os.devnull))):
        for name in (".npmrc", ".yarnrc.yml"):
            with contextlib.suppress(OSError):
                yield (folder / name).read_text(encoding="utf-8", errors="replace")

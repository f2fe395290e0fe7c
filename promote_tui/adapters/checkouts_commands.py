"""Running a project's own commands in a checkout: its installation, and `deploy.before`."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

from promote_tui.adapters import child_environment, process
from promote_tui.adapters.masked_log import open_log
from promote_tui.core.errors import DeployError
from promote_tui.core.text import plural

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from promote_tui.core.model import Service
    from promote_tui.ports import ProcessEnd

_TAIL = 64 * 1024
_TROUBLE = re.compile(r"(?i)\b(?:err|error|fatal)\b[:!]?\s*\S")


NO_ACCOUNT = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull} | {
    "AWS_EC2_METADATA_DISABLED": "true"
}
"""What keeps an AWS SDK from the credentials that it would find by itself."""


def run(  # noqa: PLR0913, PLR0917 - each a fact of its own
    service: Service,
    stage: str,
    argv: Sequence[str],
    cwd: Path,
    root: Path,
    log: Path,
    *,
    extra: Mapping[str, str] | None = None,
    on_poll: Callable[[], None] | None = None,
) -> None:
    """Run a command to its end with its output in the log; raises DeployError where it fails.

    Its environment holds no AWS credentials; the programs of the project's dependencies are on its PATH. What
    `on_poll` raises, called about once a second, stops it.
    """
    environment = child_environment.with_programs(child_environment.base(service, extra=extra), cwd, root)
    where = _note(log, f"\n$ {shlex.join(argv)}\n")
    end = process.run(
        argv,
        cwd=cwd,
        environment=environment,
        log=log,
        idle=service.deploy.idle_seconds,
        total=service.deploy.total_seconds,
        secrets=child_environment.secret_values(service),
        on_poll=on_poll,
    )
    if end.code or end.why != "exited":
        cause = f"`{shlex.join(argv)}` {_ending(service, end)}{_reason(log, where)}"
        raise DeployError(f"{service.name}/{stage}", cause, f"the whole output is in {log}")


def _note(log: Path, text: str) -> int:
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
        case "exited":
            return f"ended with exit code {end.code}"


def _reason(log: Path, where: int) -> str:
    """Return the first line that speaks of an error, else the last line."""
    with log.open("rb") as file:
        file.seek(max(where, os.fstat(file.fileno()).st_size - _TAIL))
        lines = [line for line in file.read().decode("utf-8", "replace").splitlines() if line.strip()]
    said = next((line for line in lines if _TROUBLE.search(line)), lines[-1] if lines else "")
    return f": {said.strip()[:200]}" if said else ""

"""A whole small company in a temporary folder: repositories, accounts and stacks, gone when it is left."""

from __future__ import annotations

import contextlib
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from promote_tui.demo import toolchain, world
from promote_tui.demo.emulator import Emulator, emulator
from promote_tui.demo.repositories.build import Repository, write_repository
from promote_tui.demo.repositories.shop import SHOP
from promote_tui.demo.repositories.webhooks import WEBHOOKS
from promote_tui.demo.seed import Workshop, deploy_all
from promote_tui.demo.watchdog import guard_folder
from promote_tui.signals import ended_by_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A built sandbox; `environment` is all that a program needs to see it and nothing else."""

    folder: Path
    config: Path
    environment: Mapping[str, str]
    emulator: Emulator
    repositories: Mapping[str, Repository]

    def commit(self, service: str, revision: str) -> str:
        """Return the full hash of a branch or of a label of the repository's story; raises KeyError."""
        return self.repositories[world.SERVICES[service]].commits[revision]

    def command(self, *args: str) -> list[str]:
        """Return the argv list that runs promote-tui on this sandbox."""
        return [sys.executable, "-m", "promote_tui", "--config", str(self.config), *args]

    def run(self, *args: str, timeout: float = 300.0) -> subprocess.CompletedProcess[str]:
        """Run promote-tui without a terminal and return what it printed and how it ended."""
        return subprocess.run(
            self.command(*args),
            cwd=self.config.parent,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )


@contextlib.contextmanager
def sandbox(
    say: Callable[[str], None],
    *,
    services: Collection[str] = tuple(world.SERVICES),
    cli: Path | None = None,
    now: datetime | None = None,
) -> Iterator[Sandbox]:
    """Build a sandbox and remove all of it at the end, whatever the end is; raises PromoteError.

    `services` are those that have been deployed before; `cli` is what the config names as the Serverless CLI
    (the past is always made by the real one); `now` is what the commits' ages are counted from.
    """
    toolchain.check_programs()
    real = toolchain.install_cli(say)
    with ended_by_signals():
        folder = Path(tempfile.mkdtemp(prefix="promote-tui-demo-")).resolve()
        with guard_folder(folder):
            say(f"building a sandbox in {folder}")
            repositories = _repositories(folder, now or datetime.now(UTC))
            say(", ".join(f"{name}: {count} commits" for name, count in _sizes().items()))
            with _emulator(folder) as running:
                say(f"AWS emulator at {running.url}")
                built = _assemble(folder, cli or real, running, repositories)
                toolchain.share_compiled(real, Path(built.environment["HOME"]))
                _deploy(built, real, services, say)
                yield built


def _repositories(folder: Path, now: datetime) -> dict[str, Repository]:
    project, origins = folder / "acme", folder / "origin"
    project.mkdir()
    origins.mkdir()
    return {story.name: write_repository(story, project, origins, now) for story in (SHOP, WEBHOOKS)}


def _sizes() -> dict[str, int]:
    return {story.name: story.commits for story in (SHOP, WEBHOOKS)}


@contextlib.contextmanager
def _emulator(folder: Path) -> Iterator[Emulator]:
    home = folder / "emulator"
    home.mkdir()
    with emulator(home / "emulator.log") as running:
        yield running


def _assemble(folder: Path, cli: Path, running: Emulator, repositories: Mapping[str, Repository]) -> Sandbox:
    environment = world.sandbox_environment(folder, running)
    for place in ("HOME", "TMPDIR"):
        Path(environment[place]).mkdir()
    Path(environment["AWS_CONFIG_FILE"]).write_text(world.aws_profiles(running))
    config = folder / "acme" / "promote-tui.yml"
    config.write_text(world.config_text())
    (folder / "bin").mkdir()
    (folder / "bin" / world.CLI).symlink_to(cli)
    _write_program(folder / "bin" / "promote-tui")
    return Sandbox(folder, config, environment, running, repositories)


def _write_program(path: Path) -> None:
    """Write what runs this program by its name in a shell of the sandbox, wherever it is installed."""
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m promote_tui "$@"\n')
    path.chmod(0o755)


def _deploy(built: Sandbox, cli: Path, services: Collection[str], say: Callable[[str], None]) -> None:
    wanted = [deployment for deployment in world.DEPLOYMENTS if deployment.service in services]
    done = iter(range(1, len(wanted) + 1))
    exports = built.folder / "exports"
    exports.mkdir()
    workshop = Workshop(
        exports,
        cli,
        built.emulator,
        built.environment,
        built.repositories,
        lambda line: say(f"[{next(done)}/{len(wanted)}] {line}"),
    )
    deploy_all(workshop, wanted)
    exports.rmdir()

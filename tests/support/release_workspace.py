"""Six services in three waves on the emulator, released by an engine of the test's own through real processes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import yaml

from promote_tui.bootstrap import open_engine
from promote_tui.core.releases.release import ReleaseStatus
from promote_tui.engine.releases.control import ReleaseAnswer, ReleaseConfirmation
from promote_tui.engine.releases.planning import ReleaseRequest
from tests.support.waiting import until
from tests.support.workspace import BROKEN, TOPIC, Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.releases.events import AnswerKind
    from promote_tui.core.releases.release import Release
    from promote_tui.core.runs.run import Run
    from promote_tui.engine.engine import Engine
    from tests.support.aliases import Json

NAME = "2026-11-30"
TYPED = f"release {NAME} prod"
NEEDS: Mapping[str, tuple[str, ...]] = {
    "identity": (),
    "catalog": (),
    "orders": ("catalog",),
    "billing": ("identity",),
    "web": ("orders", "billing"),
    "mobile": ("orders",),
}
WAVES = (("identity", "catalog"), ("orders", "billing"), ("web", "mobile"))
PROCESS = "promote_tui.release_runner"
AT_REST = frozenset(set(ReleaseStatus) - {ReleaseStatus.RUNNING, ReleaseStatus.SCHEDULED})

_HOLDING = """
service=$(basename "$PWD")
case "$*" in package*)
  while [ -e "{folder}/hold-package-$service" ]; do sleep 0.1; done
esac
case "$*" in deploy*)
  while [ -e "{folder}/hold-$service" ]; do sleep 0.1; done
  [ ! -e "{folder}/fail-$service" ] || exit 1
esac
exec "$OSLS" "$@"
"""


@dataclass
class Shop:
    """The services: prod runs the first commit of each, staging the second."""

    workspace: Workspace
    services: Collection[str]

    def set_up(self, broken: Collection[str] = (), prod: Mapping[str, Json] | None = None, **settings: Json) -> None:
        """Write the configuration, with these settings of its own and of prod, and bring both stages to their commits.

        CloudFormation refuses what is `broken` of the second commit.
        """
        self.workspace.wrap(_HOLDING.format(folder=self.workspace.folder))
        self._configure(prod or {}, settings)
        self.old = self._commit("Begin", ())
        self.new = self._commit("Change everything", broken)
        for service in self.services:
            self.workspace.adopted("prod", self.old, service)
            self.workspace.adopted("staging", self.new, service)

    def _configure(self, prod: Mapping[str, Json], settings: Mapping[str, Json]) -> None:
        content = yaml.safe_load(self.workspace.config.read_text(encoding="utf-8"))
        content["stages"][2] |= prod
        content |= settings
        content["services"] = [
            {"name": each, "repo": "orders", "path": each, "depends_on": [*set(NEEDS[each]) & set(self.services)]}
            for each in self.services
        ]
        self.workspace.config.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def _commit(self, message: str, broken: Collection[str]) -> str:
        for service in self.services:
            topic = {"Type": TOPIC["Type"], "Properties": {"DisplayName": message}}
            resources = {"Topic": topic, **({"Broken": BROKEN} if service in broken else {})}
            content = {
                "service": service,
                "provider": {"name": "aws", "runtime": "nodejs20.x"},
                "resources": {"Resources": resources},
            }
            (self.workspace.repo / service).mkdir(exist_ok=True)
            text = yaml.safe_dump(content)
            (self.workspace.repo / service / "serverless.yml").write_text(text, encoding="utf-8")
        self.workspace.git("add", "-A")
        self.workspace.git("commit", "-q", "-m", message)
        return self.workspace.git("rev-parse", "HEAD")

    @cached_property
    def engine(self) -> Engine:
        """The engine of the configuration."""
        return open_engine(self.workspace.config)

    def plan(self) -> Release:
        """Plan a release of everything."""
        return self.engine.releases.plan(ReleaseRequest(NAME, "prod"))

    def start(self) -> None:
        """Confirm the release, and start its process."""
        self.engine.releases.start(NAME, ReleaseConfirmation(TYPED))

    def answer(self, kind: AnswerKind, *services: str) -> Release:
        """Answer, and return the release when it waits again or has ended."""
        self.engine.releases.answer(NAME, ReleaseAnswer(kind, services, "a reason", TYPED))
        return self.at_rest()

    def release(self) -> Release:
        """Return the release as it is."""
        return self.engine.releases.find(NAME)

    def at_rest(self) -> Release:
        """Return the release once it waits for a person, or has ended."""
        until(lambda: self.release().status in AT_REST, "the release is at rest")
        return self.release()

    def hold(self, *services: str) -> None:
        """Let the deploys of services wait before they submit anything."""
        for service in services:
            (self.workspace.folder / f"hold-{service}").touch()

    def hold_packaging(self, *services: str) -> None:
        """Let the packaging of services wait."""
        self.hold(*(f"package-{service}" for service in services))

    def let_go(self, service: str) -> None:
        """Let a deploy go on."""
        (self.workspace.folder / f"hold-{service}").unlink()

    def let_packaging_go(self, service: str) -> None:
        """Let the packaging of a service go on."""
        self.let_go(f"package-{service}")

    def fail(self, service: str) -> None:
        """Let the deploys of a service fail before they submit anything."""
        (self.workspace.folder / f"fail-{service}").touch()

    def recover(self, service: str) -> None:
        """Let the deploys of a service work again."""
        (self.workspace.folder / f"fail-{service}").unlink()

    def await_deploy(self, service: str) -> str:
        """Wait until the deploy of a service has been started, and return its run."""
        run: str = until(lambda: self.release().progress[service].run, f"{service} is started")
        until(lambda: any(each.child for each in self._runs(run)), f"{service} is at its deploy")
        return run

    def _runs(self, run: str) -> list[Run]:
        return [each for each in self.engine.runs.unfinished() if each.id == run]

    def deploys(self) -> dict[str, int]:
        """Return how often each service was deployed to prod by us."""
        return {service: self.workspace.updates("prod", service) - 1 for service in self.services}

    def running(self) -> dict[str, str]:
        """Return whether prod runs the `old` or the `new` commit of each service."""
        words = {self.old: "old", self.new: "new"}
        return {service: words[self.workspace.deployed("prod", service) or ""] for service in self.services}

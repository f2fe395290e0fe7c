"""The facade `previews`, answered from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.previews.outcome import PreviewOutcome
from promote_tui.core.previews.preview import prune_reason
from promote_tui.core.previews.removal import Removal
from promote_tui.core.previews.stage import preview_settings
from promote_tui.engine.api.previews import Previews
from promote_tui.engine.previews.deploying import PreviewUp
from promote_tui.engine.previews.removing import PreviewRemoval, ServiceRemoval

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from promote_tui.core.errors import PromoteError
    from promote_tui.core.gates.model import Allowance
    from promote_tui.core.model.pipeline import Branch
    from promote_tui.core.previews.preview import Preview, PreviewStack
    from promote_tui.engine.runs.watcher import RunWatcher
    from tests.support.fakes.engine.tape import Tape


class FakePreviews(Previews):
    """The public methods of Previews, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def fetch(self) -> Mapping[str, PromoteError]:
        self._tape.call("previews.fetch")
        return {}

    def list(self, unfetched: Mapping[str, PromoteError]) -> tuple[Preview, ...]:
        self._tape.call("previews.list", dict(unfetched))
        return self._tape.script.previews

    def branches(self) -> tuple[Branch, ...]:
        self._tape.call("previews.branches")
        return self._tape.script.branches["orders"]

    def select(self, branch: str, services: Sequence[str], unfetched: Mapping[str, PromoteError]) -> PreviewUp:
        self._tape.call("previews.select", branch, tuple(services), dict(unfetched))
        tip = next(each.tip.sha for each in self._tape.script.branches["orders"] if each.name == branch)
        return PreviewUp(branch, ((self._tape.pipeline.services[0], tip),))

    def up(self, wanted: PreviewUp, allowances: tuple[Allowance, ...], watcher: RunWatcher) -> Iterator[PreviewOutcome]:
        watcher.step(f"packaging for {wanted.name}")
        self._tape.call("previews.up", wanted.branch, allowances)
        for service, sha in wanted.commits:
            yield PreviewOutcome(service.name, wanted.name, "deployed", sha, "run-0001")

    def plan_removal(self, name: str, unfetched: Mapping[str, PromoteError]) -> PreviewRemoval:
        self._tape.call("previews.plan_removal", name, dict(unfetched))
        return self._removal(next(each for each in self._tape.script.previews if each.name == name), "")

    def plan_pruning(self, unfetched: Mapping[str, PromoteError]) -> tuple[PreviewRemoval, ...]:
        self._tape.call("previews.plan_pruning", dict(unfetched))
        now, settings = self._tape.clock.now(), preview_settings(self._tape.pipeline)
        reasons = [(each, prune_reason(each, now, settings.max_age)) for each in self._tape.script.previews]
        return tuple(self._removal(each, why) for each, why in reasons if why)

    def remove(self, wanted: PreviewRemoval, reason: str, watcher: RunWatcher) -> Iterator[PreviewOutcome]:
        watcher.step(f"removing {wanted.preview.name}")
        emptied = tuple(name for each in wanted.services for name in each.removal.emptied)
        self._tape.call("previews.remove", wanted.preview.name, reason, emptied)
        script = self._tape.script
        script.previews = tuple(each for each in script.previews if each.name != wanted.preview.name)
        for each in wanted.services:
            target = each.removal.target
            yield script.removal_outcome or PreviewOutcome(target.service, target.stage, "removed")

    def _removal(self, preview: Preview, why: str) -> PreviewRemoval:
        script = self._tape.script
        services = (
            ServiceRemoval(self._of(stack), script.full_buckets.get(preview.name, ())) for stack in preview.stacks
        )
        return PreviewRemoval(preview, tuple(services), why)

    def _of(self, stack: PreviewStack) -> Removal:
        at = self._tape.clock.now()
        return Removal("r1", stack.target, stack.commit, stack.commit, stack.stack_id, stack.status, None, "", "", at)

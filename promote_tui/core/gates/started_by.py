"""The gates on who starts a promotion: a stage that only sync deploys to, and what confirms a sync."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.gate import FORWARD, Gate, TeamGate

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult
    from promote_tui.core.model.pipeline import Stage


class OnlyGate(TeamGate):
    """A stage with `only: sync` takes nothing that a person promotes."""

    name = "only"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return whether this way into the stage is open; None where every way is."""
        if context.promotion.stage.only is None:
            return None
        if context.options.started_by == "sync":
            return self.allow("started by sync")
        command = f"promote-tui sync {context.service} --stage {context.stage}"
        return self.block(f"{context.stage} takes only what sync deploys", command)


class SyncGate(Gate):
    """The team's configuration confirms that sync deploys to the stage."""

    name = "sync"
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return whether the configuration stands for a person's confirmation; None where a person promotes."""
        if context.options.started_by != "sync":
            return None
        stage = context.promotion.stage
        merged = stage.branches_on_merge(context.service)
        if not merged and stage.promote_on is None:
            remedy = f"set its deploy_on_merge or promote_on, or promote {context.service} yourself"
            return self.block(f"{stage.name} says of no commit that it belongs there", remedy)
        if not is_confirmed_by_configuration(stage):
            remedy = f"promote {context.service} yourself, or set `only: sync` on {stage.name}"
            return self.block(f"{stage.name} asks for a typed confirmation, which sync does not give", remedy)
        told = f"takes what is merged into {' or '.join(merged)}" if merged else "takes what is verified before it"
        return self.allow(f"{stage.name} {told}")


def is_confirmed_by_configuration(stage: Stage) -> bool:
    """Tell whether nobody has to confirm what sync deploys to a stage.

    `deploy_on_merge` alone also says what `promote` proposes: beside `confirm: type`, it confirms nothing.
    """
    return stage.confirm != "type" or stage.only == "sync" or stage.promote_on is not None


GATES = (OnlyGate(), SyncGate())

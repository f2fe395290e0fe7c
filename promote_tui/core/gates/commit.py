"""The gates on the commit itself, as git knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.facts import Signature
from promote_tui.core.gates.gate import FORWARD, TeamGate
from promote_tui.core.text import short

if TYPE_CHECKING:
    from promote_tui.core.gates.gate import GateContext
    from promote_tui.core.gates.model import GateResult


class SignedGate(TeamGate):
    """The commit is signed by a key that git trusts."""

    name = "signed"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return what git says of the signature; None where the stage asks for none."""
        if not context.rules.signed:
            return None
        found = context.facts.signature or Signature("none", problem="its signature was not checked")
        if found.status == "good":
            return self.allow(f"signed by {found.signer}")
        words = {
            "none": f"{short(context.commit)} is not signed",
            "bad": f"the signature of {short(context.commit)} is bad",
            "unknown": f"signed by {found.signer or 'a key'}, which git does not trust here",
        }
        remedy = "sign it, or add the key to git (gpg.ssh.allowedSignersFile, or gpg --import)"
        return self.block(found.problem or words[found.status], remedy)


class PushedGate(TeamGate):
    """The commit is on a branch of the repository's remote, where others can find it."""

    name = "pushed"
    overridable = True
    kinds = FORWARD

    def check(self, context: GateContext) -> GateResult | None:
        """Return which branch of the remote holds it; None where the stage does not ask."""
        facts, containing = context.facts, context.promotion.containing
        if not context.rules.pushed:
            return None
        if not facts.remote:
            reason = "the repository has no remote that it could be pushed to"
            return self.block(reason, "git remote add origin URL; git push")
        if not facts.tracks:
            reason = "unknown whether it was pushed: a bare clone has no branches of its remote"
            return self.block(reason, _TRACK)
        if containing:
            return self.allow(f"on the remote's {containing[0]}")
        return self.block(f"{short(context.commit)} is on no branch of the remote", "git push")


_TRACK = "git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'; git fetch origin"

GATES = (SignedGate(), PushedGate())

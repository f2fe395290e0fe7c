"""What single gates say, for tests of what is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.gates.facts import GateFacts, PromotionFacts
from promote_tui.core.gates.gate import GateContext
from promote_tui.core.gates.package import DataKept, ExportsFree, TemplateAccepted
from promote_tui.core.value import replace
from tests.support.values import ACCOUNT, NOW, STAGING, TARGET, A, B, deployed

if TYPE_CHECKING:
    from promote_tui.core.changes.model import ChangeReview
    from promote_tui.core.gates.model import Allowance, GateResult

FACTS = PromotionFacts(TARGET, STAGING, B, "dev", None, ("develop",), deployed(A), ACCOUNT)


def review_gates(review: ChangeReview, allowances: tuple[Allowance, ...] = (), *names: str) -> tuple[GateResult, ...]:
    """What the gates of a review say (by their names; without any: all of them): the template, data, exports."""
    context = GateContext(replace(FACTS, review=review, allowances=allowances), GateFacts(NOW))
    found = (gate.check(context) for gate in (TemplateAccepted(), DataKept(), ExportsFree()))
    return tuple(each for each in found if each is not None and (not names or each.name in names))

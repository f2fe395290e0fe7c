"""What a person has to do so that stages can be reached again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.login import Advice, group_logins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.login import Login, LoginNeed
    from promote_tui.core.model.pipeline import Aws, Target
    from promote_tui.engine.context import Context

_AT_ONCE = 8


def find_logins(context: Context, targets: Sequence[Target]) -> tuple[LoginNeed, ...]:
    """Return each log-in that is missing, once, with the targets that it serves; AWS is asked now."""
    firsts: dict[Aws, Target] = {}
    for target in targets:
        firsts.setdefault(target.aws, target)
    if not firsts:
        return ()
    with ThreadPoolExecutor(min(_AT_ONCE, len(firsts)), "login") as pool:
        answers = dict(zip(firsts, pool.map(lambda target: _login(context, target), firsts.values()), strict=True))
    return group_logins((target, login) for target in targets if (login := answers[target.aws]) is not None)


def _login(context: Context, target: Target) -> Login | None:
    try:
        return context.accounts.login(target)
    except AwsError as error:
        return Advice(error.cause, error.remedy)

"""CloudWatch in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError
from promote_tui.core.model.alarms import Alarm

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Target


@dataclass
class FakeAlarms:
    """The port AlarmReader: alarms' states by name; `fails` is why none is told."""

    known: dict[str, str] = field(default_factory=dict)
    fails: str = ""
    on_look: Callable[[], None] = field(default=lambda: None)

    def states(self, target: Target, names: Sequence[str]) -> tuple[Alarm, ...]:
        self.on_look()
        if self.fails:
            raise AwsError(str(target), self.fails, "try again")
        missing = f"there is no such alarm in account {target.aws.account}, {target.aws.region}"
        return tuple(Alarm(name, self.known.get(name), "" if name in self.known else missing) for name in names)

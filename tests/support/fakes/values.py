"""The Parameter Store and Secrets Manager in memory."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from promote_tui.core.model.pipeline import Target


@dataclass
class FakeValues:
    """The port ValueReader: `kept` and `secrets` are by account and name; `refuses` is why nothing can be read."""

    kept: dict[tuple[str, str], str] = field(default_factory=dict)
    secrets: dict[tuple[str, str], str] = field(default_factory=dict)
    refuses: str = ""
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def parameters(self, target: Target, names: Sequence[str]) -> Mapping[str, str]:
        self._ask(target, *names)
        account = target.aws.account
        return {name: self.kept[account, name] for name in names if (account, name) in self.kept}

    def secret(self, target: Target, name: str) -> str | None:
        self._ask(target, name)
        return self.secrets.get((target.aws.account, name))

    def _ask(self, target: Target, *names: str) -> None:
        self.asked.append((str(target), *names))
        if self.refuses:
            raise AwsError(str(target), self.refuses)

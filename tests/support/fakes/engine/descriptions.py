"""The facade `descriptions`, answered from a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.core.description.model import Description
from promote_tui.core.model.cells import Never
from promote_tui.core.value import replace
from promote_tui.engine.api.descriptions import Descriptions

if TYPE_CHECKING:
    from tests.support.fakes.engine.tape import Tape


class FakeDescriptions(Descriptions):
    """The public methods of Descriptions, answered from the script."""

    _tape: Tape

    def __init__(self, tape: Tape) -> None:
        object.__setattr__(self, "_tape", tape)

    def describe(self, service: str, stage: str) -> Description:
        self._tape.call("descriptions.describe", service, stage)
        target = self._tape.pipeline.service(service).target(stage)
        return self._tape.script.descriptions.get(
            (service, stage), Description(target, self._tape.clock.now(), Never(target))
        )

    def with_logs(self, found: Description) -> Description:
        self._tape.call("descriptions.with_logs", str(found.target))
        return replace(found, logs=self._tape.script.function_logs)

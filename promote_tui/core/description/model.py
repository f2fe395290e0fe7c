"""The description of a cell: each part by itself, and what could not be read of it."""

from __future__ import annotations

from typing import Literal, TypeAlias

from promote_tui.core.description.failed_update import FailedUpdate
from promote_tui.core.description.function_logs import FunctionLogs
from promote_tui.core.model.cells import Cell
from promote_tui.core.model.pipeline import Target
from promote_tui.core.model.stack_resources import StackResource
from promote_tui.core.runs.run import Run
from promote_tui.core.traffic.model import Traffic
from promote_tui.core.value import Moment, Value

DescriptionPart: TypeAlias = Literal["stack", "traffic", "resources", "last update", "deployments", "log groups"]


class Unread(Value):
    """A part that could not be read, and why; the others stand."""

    part: DescriptionPart
    cause: str
    remedy: str = ""


class DescribedOutput(Value):
    """An output of the stack."""

    name: str
    value: str

    @property
    def is_url(self) -> bool:
        """Whether a browser can open it."""
        return self.value.startswith("https://")


class Description(Value):
    """What was deployed to a stage, as it was read at a moment.

    `failure` is the last attempt to change the stack, where that failed; `deployments` are the runs on record, newest
    first, and `has_older` says that there are more. `traffic` is what serves its requests, None where there is nothing
    to tell; `logs` is None until they are asked for.
    """

    target: Target
    at: Moment
    cell: Cell
    outputs: tuple[DescribedOutput, ...] = ()
    resources: tuple[StackResource, ...] = ()
    failure: FailedUpdate | None = None
    deployments: tuple[Run, ...] = ()
    has_older: bool = False
    traffic: Traffic | None = None
    logs: FunctionLogs | None = None
    unread: tuple[Unread, ...] = ()

    @property
    def functions(self) -> tuple[str, ...]:
        """The names of its functions."""
        return tuple(each.physical_id for each in self.resources if each.is_function)

    def has_read(self, part: DescriptionPart) -> bool:
        """Tell whether a part could be read."""
        return all(each.part != part for each in self.unread)

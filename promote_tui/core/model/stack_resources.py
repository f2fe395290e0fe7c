"""The resources of a stack, each with how it stands."""

from __future__ import annotations

from promote_tui.core.model.stack_status import NESTED_STACK
from promote_tui.core.value import Moment, Value

LAMBDA_FUNCTION = "AWS::Lambda::Function"


class StackResource(Value):
    """A resource as CloudFormation lists it; `updated_at` is when its status last changed.

    `nested_in` is the logical id of the nested stack that it is in, `/` between several; empty for the stack's own.
    """

    logical_id: str
    resource_type: str
    physical_id: str
    status: str
    reason: str = ""
    updated_at: Moment | None = None
    nested_in: str = ""

    @property
    def path(self) -> str:
        """Its logical id, behind those of the nested stacks that it is in."""
        return f"{self.nested_in}/{self.logical_id}" if self.nested_in else self.logical_id

    @property
    def is_nested_stack(self) -> bool:
        """Whether it is a stack with resources of its own, which exists."""
        return self.resource_type == NESTED_STACK and bool(self.physical_id)

    @property
    def has_failed(self) -> bool:
        """Whether what was last done to it failed."""
        return self.status.endswith("_FAILED")

    @property
    def is_function(self) -> bool:
        """Whether it is a Lambda function, which has a name by which its logs are found."""
        return self.resource_type == LAMBDA_FUNCTION and bool(self.physical_id)

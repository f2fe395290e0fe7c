"""The resources of a stack, each with how it stands."""

from __future__ import annotations

from promote_tui.core.value import Moment, Value

LAMBDA_FUNCTION = "AWS::Lambda::Function"


class StackResource(Value):
    """A resource as CloudFormation lists it; `updated_at` is when its status last changed."""

    logical_id: str
    resource_type: str
    physical_id: str
    status: str
    reason: str = ""
    updated_at: Moment | None = None

    @property
    def has_failed(self) -> bool:
        """Whether what was last done to it failed."""
        return self.status.endswith("_FAILED")

    @property
    def is_function(self) -> bool:
        """Whether it is a Lambda function, which has a name by which its logs are found."""
        return self.resource_type == LAMBDA_FUNCTION and bool(self.physical_id)

"""How a stage is called and reaches AWS: as every block that does, or by the user."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import AwsAccess
from promote_tui.core.model.users import USER

StageName = Annotated[
    str,
    f.Shape(
        r"(?:[A-Za-z0-9]|\{user\})(?:[A-Za-z0-9._-]|\{user\}){0,99}",
        "is not a stage's name; use letters, digits, dots, dashes, underscores and {user}, a letter or digit first",
    ),
]
_User = Annotated[
    str, f.Shape(USER, "cannot stand for {user}; use a-z, 0-9 and dashes, 32 at most, a letter or digit at both ends")
]
StageRole = Annotated[
    str,
    f.Shape(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:role/(?:[A-Za-z0-9+=,.@_/-]|\{user\})+",
        "is not the ARN of a role; write it as arn:aws:iam::111111111111:role/NAME",
    ),
]


def _kind(value: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    return "~map" if isinstance(value, dict) else "~one"


_Accounts = Annotated[
    Annotated[f.Account, Tag("~one")] | Annotated[Annotated[dict[_User, f.Account], Field(min_length=1)], Tag("~map")],
    f.either(_kind),
]


class StageAws(AwsAccess):
    """How a stage reaches AWS; {user} is replaced in `profile`, `role_arn` and `mfa`."""

    account: _Accounts = Field(
        description="The account, twelve digits in quotes; checked before every deploy. Or a map: each user's account."
    )
    role_arn: StageRole | None = Field(None, description="A role of the same account that is assumed with the profile.")

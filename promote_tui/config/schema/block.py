"""What every block of the file is, and values that several have."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Tag

from promote_tui.config import types as f


class Block(BaseModel):
    """A mapping without unknown keys, whose values are not converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class AwsAccess(Block):
    """How AWS is reached, besides in which account and role."""

    region: f.Region = Field(description="The region of the stacks, such as eu-west-1.")
    profile: f.Line | None = Field(None, description="A profile of your AWS configuration; without it, the default.")
    external_id: f.ExternalId | None = Field(None, description="The external id that the role's trust policy wants.")
    session: f.SessionDuration | None = Field(
        None, description="How long the role is assumed for, 15m to 12h; default: an hour."
    )
    mfa: f.MfaDevice | None = Field(
        None, description="The MFA device whose code is asked for before the role is assumed."
    )


class Aws(AwsAccess):
    """An account, and how it is reached."""

    account: f.Account = Field(description="The account, twelve digits in quotes; checked before every deploy.")
    role_arn: f.RoleArn | None = Field(None, description="A role of the same account that is assumed with the profile.")


def kind_of_choice(value: object) -> str:
    """Return the tag of what may be one value, a list of them, or a mapping."""
    return "~map" if isinstance(value, dict) else "~list" if isinstance(value, list) else "~one"


RemoteChoice = Annotated[
    Annotated[f.RemoteName, Tag("~one")] | Annotated[Annotated[list[f.RemoteName], Field(min_length=1)], Tag("~list")],
    f.either(kind_of_choice),
]

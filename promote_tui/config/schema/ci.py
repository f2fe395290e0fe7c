"""Where the builds of commits are read."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block
from promote_tui.core.model.ci import CiSettings


class Ci(Block):
    """The API of the repositories' host."""

    provider: Literal["github", "gitlab", "bitbucket"] | None = Field(
        None, description="The kind of the host; default: by the address of the repository's remote."
    )
    api: f.ApiUrl | None = Field(
        None, description="The API of a host of your own, such as https://git.acme.com/api/v4."
    )

    @model_validator(mode="after")
    def _kind_of_api(self) -> Ci:
        if self.api and not self.provider:
            raise f.value_error("has an `api` of an unknown kind; add `provider`")
        return self


def ci_settings(block: Ci | None) -> CiSettings:
    """Return where builds are read."""
    return CiSettings(block.provider, block.api or "") if block else CiSettings()

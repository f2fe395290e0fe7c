"""Where the builds of commits are read, and runs are written."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block
from promote_tui.core.model.ci import CiRecord, CiSettings


class Ci(Block):
    """The API of the repositories' host."""

    provider: Literal["github", "gitlab", "bitbucket"] | None = Field(
        None, description="The kind of the host; default: by the address of the repository's remote."
    )
    api: f.ApiUrl | None = Field(
        None, description="The API of a host of your own, such as https://git.acme.com/api/v4."
    )

    writes: list[CiRecord] | None = Field(
        None, min_length=1, description="What the host is told of runs: statuses of the commit, deployments (GitHub)."
    )

    @model_validator(mode="after")
    def _kind_of_api(self) -> Ci:
        if self.api and not self.provider:
            raise f.value_error("has an `api` of an unknown kind; add `provider`")
        return self


def ci_settings(block: Ci | None) -> CiSettings:
    """Return where builds are read, and what is written there."""
    return CiSettings(block.provider, block.api or "", tuple(block.writes or ())) if block else CiSettings()

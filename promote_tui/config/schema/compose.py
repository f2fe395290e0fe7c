"""The compose file that services are taken from."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from promote_tui.config import types as f
from promote_tui.config.schema.block import Block


class Compose(Block):
    """A compose file, and what holds for all of its services."""

    path: f.LocalPath = Field(description="The folder of the serverless-compose.yml, or the file; in a checkout here.")
    stack: f.StackTemplate | None = Field(None, description="The name of their stacks.")
    shared: list[f.Folder] = Field([], description="Paths whose commits are commits of each of them.")
    without: list[f.Name] = Field([], description="Services of the compose file that are not deployed from here.")


ComposeChoice = Annotated[
    Annotated[f.LocalPath, Tag("~path")] | Annotated[Compose, Tag("~block")],
    f.either(lambda value: "~block" if isinstance(value, dict | Compose) else "~path"),
]

"""`config validate --json`, `config show --json` and `config path --json`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Self

import msgspec

from promote_tui.cli.outputs.base import Output, clean_json
from promote_tui.cli.outputs.core_schemas import CONFIGURATION
from promote_tui.core.model.channels import redact_url
from promote_tui.core.value import encode_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.model.pipeline import Pipeline


class ConfigValidOutput(Output, frozen=True):
    """A configuration that can be used; `notes` are what this version does not act on."""

    path: str
    valid: bool
    notes: tuple[str, ...]

    @classmethod
    def of(cls, path: str, notes: Sequence[str]) -> Self:
        """Return the wire form of a configuration that can be used."""
        return cls(path, valid=True, notes=tuple(notes))


class ConfigInvalidOutput(Output, frozen=True):
    """A configuration that cannot be used, and every problem with its line."""

    valid: bool
    problems: tuple[str, ...]

    @classmethod
    def of(cls, problems: Sequence[str]) -> Self:
        """Return the wire form of a configuration that cannot be used."""
        return cls(valid=False, problems=tuple(problems))


class ConfigShowOutput(Output, frozen=True):
    """The configuration that is in force, with defaults filled in."""

    config: Annotated[dict[str, Any], msgspec.Meta(extra_json_schema={"$ref": CONFIGURATION})]

    @classmethod
    def of(cls, found: Pipeline) -> Self:
        """Return the wire form of a configuration; the secret part of a channel's address is masked."""
        document: dict[str, Any] = clean_json(encode_fields(found))
        for channel in document["notify"]:
            if "url" in channel:
                channel["url"] = redact_url(channel["url"])
        return cls(document)


class ConfigPathOutput(Output, frozen=True):
    """Which configuration file is used."""

    path: str

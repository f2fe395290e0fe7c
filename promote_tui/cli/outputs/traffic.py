"""What serves a cell's requests, as `status --json` and `drift --json` print it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from promote_tui.cli.outputs.base import Output, clean_text, text_or_null

if TYPE_CHECKING:
    from promote_tui.core.traffic.model import RoutedVersion, ServedAlias, Traffic


class RoutedOutput(Output, frozen=True):
    """A version that gets requests; `deployed` is whether it runs the deployed code, null where that is unknown."""

    version: str
    share: float
    commit: str | None
    deployed: bool | None

    @classmethod
    def of(cls, served: ServedAlias, each: RoutedVersion) -> Self:
        """Return the wire form of a version."""
        deployed = each.code == served.deployed_code if each.code else None
        return cls(clean_text(each.version), each.share, text_or_null(each.commit), deployed)


class AliasOutput(Output, frozen=True):
    """An alias of a function, with the versions that it sends requests to."""

    function: str
    alias: str
    routed: tuple[RoutedOutput, ...]

    @classmethod
    def of(cls, served: ServedAlias) -> Self:
        """Return the wire form of an alias."""
        routed = tuple(RoutedOutput.of(served, each) for each in served.routed)
        return cls(clean_text(served.function), clean_text(served.alias), routed)


class TrafficOutput(Output, frozen=True):
    """Whether every request reaches the deployed code (null: unknown); `unread` says what could not be checked."""

    agrees: bool | None
    headline: str | None
    aliases: tuple[AliasOutput, ...]
    unread: str | None

    @classmethod
    def of(cls, found: Traffic) -> Self:
        """Return the wire form of what serves a cell's requests."""
        aliases = tuple(AliasOutput.of(each) for each in found.aliases)
        return cls(found.agrees, text_or_null(found.headline), aliases, text_or_null(found.unread))

"""What serves a stack's requests: its functions' aliases, beside the code that was deployed."""

from __future__ import annotations

from promote_tui.core.text import list_first, short
from promote_tui.core.value import Value

TRAFFIC_REMEDY = "point the alias at the deployed version again, or promote or roll back"
_SEVERAL = 3


class AliasRouting(Value):
    """Where an alias sends requests: (version, share of them, 0 to 1), the version that it names first."""

    name: str
    versions: tuple[tuple[str, float], ...]


class RoutedVersion(Value):
    """A version that gets requests; `code` is its CodeSha256, `commit` the one whose run deployed that code there.

    Both are empty where they are not known.
    """

    version: str
    share: float
    code: str = ""
    commit: str = ""


class ServedAlias(Value):
    """An alias of a function, by their names, and the CodeSha256 that the stack was deployed with."""

    function: str
    alias: str
    routed: tuple[RoutedVersion, ...]
    deployed_code: str

    @property
    def others(self) -> tuple[RoutedVersion, ...]:
        """The versions that get requests and run other code than was deployed, the largest share first."""
        found = (each for each in self.routed if each.share > 0 and each.code and each.code != self.deployed_code)
        return tuple(sorted(found, key=lambda each: -each.share))

    @property
    def other_share(self) -> float:
        """The share of requests that reach other code, 0 to 1."""
        return sum(each.share for each in self.others)


class Traffic(Value):
    """What was read of a stack's traffic; `unread` says what could not be checked, empty where everything could."""

    aliases: tuple[ServedAlias, ...] = ()
    unread: str = ""

    @property
    def agrees(self) -> bool | None:
        """Whether every request reaches the deployed code; None where a part of that is not known."""
        if any(each.others for each in self.aliases):
            return False
        return None if self.unread else True

    @property
    def headline(self) -> str:
        """Return `traffic 90 % on 02d198b`: the alias of which the most goes elsewhere; empty where nothing does."""
        worst = max(self.aliases, key=lambda each: each.other_share, default=None)
        if worst is None or not worst.others:
            return ""
        return f"traffic {percent(worst.other_share)} on {_code_name(worst)}"

    @property
    def details(self) -> tuple[str, ...]:
        """Return each alias that sends requests elsewhere: `live of orders-hello: 90 % on version 41 (02d198b)`."""
        return tuple(_detail(each) for each in self.aliases if each.others)


def percent(share: float) -> str:
    """Return a share in words: none is 0 %, and all is 100 %; nothing else is rounded to these."""
    if share in {0, 1}:
        return f"{share:.0%}".replace("%", " %")
    return f"{min(99, max(1, round(share * 100)))} %"


def _code_name(served: ServedAlias) -> str:
    """Return the commit that the other code is of; `other code` where that is unknown, or where there are several."""
    commits = {each.commit for each in served.others}
    commit = commits.pop() if len(commits) == 1 else ""
    return short(commit) if commit else "other code"


def _detail(served: ServedAlias) -> str:
    parts = [
        f"{percent(each.share)} on version {each.version}" + (f" ({short(each.commit)})" if each.commit else "")
        for each in served.others
    ]
    return f"{served.alias} of {served.function}: {list_first(parts, _SEVERAL)}"

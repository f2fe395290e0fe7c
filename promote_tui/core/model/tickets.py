"""Ticket ids in commit messages, by a pattern that the configuration gives."""

from __future__ import annotations

import re

from promote_tui.core.value import Value

_WORD = 40
_WORDS = 200


class Ticket(Value):
    """A ticket that a commit names, with its page where the configuration knows it."""

    id: str
    url: str | None = None


class Tickets(Value):
    """How ticket ids look, and where a ticket is found: `{id}` in `url` stands for its id."""

    pattern: str
    url: str | None = None

    def find_in(self, text: str) -> tuple[Ticket, ...]:
        """Return the tickets that a text names, each once, in their order.

        The pattern is looked for in words, at their first 40 characters, so that no text makes it slow.
        """
        looked = re.compile(self.pattern)
        words = (word[:_WORD] for word in text.split(maxsplit=_WORDS)[:_WORDS])
        found = dict.fromkeys(match[0] for word in words for match in looked.finditer(word) if match[0])
        return tuple(Ticket(name, self._page(name)) for name in found)

    def _page(self, name: str) -> str | None:
        from urllib.parse import quote  # noqa: PLC0415 - not before the first frame

        return self.url.replace("{id}", quote(name, safe="")) if self.url else None

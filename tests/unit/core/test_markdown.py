"""Text from outside means nothing in Markdown, and in a comment it calls nobody."""

from __future__ import annotations

import pytest

from promote_tui.core.markdown import escape, escape_comment, link, one_line


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("plain words", "plain words"),
        ("a *b* _c_ `d` | e", r"a \*b\* \_c\_ \`d\` \| e"),
        ("<img src=x>", r"\<img src\=x\>"),
        ("1. one", r"1\. one"),
        ("- item", r"\- item"),
        ("two\nlines", "two lines"),
    ],
)
def test_markdown_of_a_text_is_escaped(text: str, told: str) -> None:
    assert escape(text) == told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("ping @team and @a/b", "ping @&#8203;team and @&#8203;a/b"),
        ("mail ana@acme.test", "mail ana@&#8203;acme.test"),
        ("fixes #12", r"fixes \#&#8203;12"),
        ("merges a/b!7", r"merges a/b\!&#8203;7"),
        ("closes %v1 and ~bug and $3", r"closes %&#8203;v1 and \~&#8203;bug and \$&#8203;3"),
        ("see GH-12", "see GH&#8203;-12"),
        ("at https://evil.test", "at https:&#8203;//evil.test"),
        ("at www.evil.test", "at www&#8203;.evil.test"),
        ("100% of it!", r"100% of it\!"),
        ("key AKIAABCDEFGHIJKLMNOP", r"key \[masked\]"),
    ],
)
def test_a_text_in_a_comment_mentions_nobody_and_links_nowhere(text: str, told: str) -> None:
    assert escape_comment(text) == told


def test_only_http_addresses_become_links() -> None:
    assert link("a*", "https://x.test/(y)") == r"[a\*](https://x.test/%28y%29)"
    assert link("a*", "javascript:alert(1)") == r"a\*"
    assert link("a*", None) == r"a\*"


def test_a_text_in_one_line_is_cleaned() -> None:
    assert one_line("a\x1b[2J\n b") == "a\N{REPLACEMENT CHARACTER}[2J b"

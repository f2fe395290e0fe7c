"""Release notes: how commits are grouped, and that nothing in them means anything to Markdown or HTML."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from promote_tui.core.changes.model import PropertyChange, ResourceChange
from promote_tui.core.model.pipeline import Commit
from promote_tui.core.model.tickets import Tickets
from promote_tui.core.release_notes.model import End, Infrastructure, Notes, ServiceNotes, authors, entries, sections
from promote_tui.core.release_notes.render import html, markdown
from promote_tui.core.text import clean
from promote_tui.core.value import replace
from tests.support.fakes.world import NOTES, commit, sha

AT = datetime(2026, 1, 31, tzinfo=UTC)
REMOTE = "https://github.com/acme/shop.git"


def grouped(*subjects: str) -> list[tuple[str, list[str]]]:
    """The sections of commits with these subjects, newest first."""
    commits = [commit(f"{number:07x}", subject) for number, subject in enumerate(subjects)]
    found = sections(entries(commits, {}, None, None))
    return [(section.title, [entry.text for entry in section.entries]) for section in found]


def test_conventional_commits_are_grouped_with_what_breaks_on_top() -> None:
    assert grouped(
        "chore: A", "ci: B", "docs: C", "refactor: D", "perf: E", "fix: F", "feat: G", "feat!: H", "I", "revert: J"
    ) == [
        ("Breaking changes", ["H"]),
        ("Features", ["G"]),
        ("Fixes", ["F"]),
        ("Performance", ["E"]),
        ("Reverts", ["J"]),
        ("Refactoring", ["D"]),
        ("Documentation", ["C"]),
        ("Other changes", ["I"]),
        ("Chores", ["A", "B"]),
    ]


def test_other_commits_are_one_list_in_their_order() -> None:
    assert grouped("Add A", "fix: B", "Add C") == [("Changes", ["Add A", "B", "Add C"])]
    assert grouped() == []


def test_what_breaks_is_on_top_of_one_list_too() -> None:
    assert [title for title, _ in grouped("Add A", "fix!: B", "Add C")] == ["Breaking changes", "Changes"]


def test_a_revert_is_named_and_so_is_what_it_takes_back() -> None:
    old, middle, new = commit("0a", "Add A"), commit("0b", 'Revert "Add A"'), commit("0c", "Bring A back")
    bodies = {middle.sha: f"This reverts commit {old.sha}."}
    first, second = entries([middle, old], bodies, None, None)
    assert (first.reverts, second.taken_back) == (f"{old.short} Add A", middle.short)
    found = entries([new, middle, old], {**bodies, new.sha: f"This reverts commit {middle.sha}."}, None, None)
    assert [entry.taken_back for entry in found] == [None, new.short, None]


def test_a_revert_of_a_commit_outside_the_range_is_named_by_its_hash() -> None:
    (found,) = entries([commit("0b")], {sha("0b"): f"This reverts commit {sha('0a')}."}, None, None)
    assert found.reverts == sha("0a")[:7]


def test_authors_are_those_with_most_commits_first() -> None:
    assert authors([commit("1", author="joe"), commit("2", author="ana"), commit("3", author="ana")]) == ("ana", "joe")


def test_tickets_are_found_in_subject_and_body() -> None:
    (found,) = entries([commit("1", "Fix A-1")], {sha("1"): "See A-2"}, None, Tickets(r"A-\d"))
    assert [ticket.id for ticket in found.tickets] == ["A-1", "A-2"]


MARKDOWN = """\
# acme: from staging to prod, 2026-01-31

## orders

3 commits of staging (3f2a9c1), which prod (5d90c2e) lacks. [All changes](https://github.com/acme/shop/compare/{old}...{new})

### Breaking changes

- Refuse an empty invoice ([b7710ce](https://github.com/acme/shop/commit/{second}), joe)

### Features

- **refunds:** Retry refunds on 409 (SHOP-12) ([3f2a9c1](https://github.com/acme/shop/commit/{new}), \
[SHOP-12](https://tickets.example/SHOP-12), ana)

### Other changes

- Move \\[the\\] \\<b\\>totals\\</b\\> ([a81be07](https://github.com/acme/shop/commit/{third}), ana)

By ana, joe.
"""


def test_the_markdown_of_notes() -> None:
    names = {"old": sha("5d90c2e"), "new": sha("3f2a9c1"), "second": sha("b7710ce"), "third": sha("a81be07")}
    assert markdown(NOTES) == MARKDOWN.format(**names)


def test_an_empty_range_says_so() -> None:
    its = ServiceNotes("orders", End("staging", "a" * 40), End("prod", "a" * 40), (), ())
    notes = Notes("acme", "staging", "prod", AT, (its,))
    assert "Nothing new: prod (aaaaaaa) has every commit of staging (aaaaaaa)." in markdown(notes)
    assert "Nothing new: prod (aaaaaaa) has every commit of staging (aaaaaaa)." in html(notes)


def test_infrastructure_is_told_by_names_alone() -> None:
    secret = PropertyChange("Environment.Variables.TOKEN", "canary", "canary")
    changes = (
        ResourceChange("Hello", "AWS::Lambda::Function", "modify", properties=(secret,)),
        ResourceChange("Table", "AWS::DynamoDB::Table", "modify", "conditional", holds_data=True),
        ResourceChange("Queue", "AWS::SQS::Queue", "add"),
    )
    its = replace(NOTES.services[0], infrastructure=Infrastructure(changes))
    for text in (markdown(replace(NOTES, services=(its,))), html(replace(NOTES, services=(its,)))):
        plain = text.replace("\\", "")
        assert "Hello (AWS::Lambda::Function) modified: Environment.Variables.TOKEN" in plain
        assert "Table (AWS::DynamoDB::Table) modified, may be replaced, holds data" in plain
        assert "Queue (AWS::SQS::Queue) added" in plain
        assert "canary" not in text


def test_what_cannot_be_told_of_the_infrastructure_is_said() -> None:
    its = replace(NOTES.services[0], infrastructure=Infrastructure(unknown="staging: no permission"))
    assert "- Unknown: staging: no permission." in markdown(replace(NOTES, services=(its,)))


# nothing from outside means anything

NASTY = [
    "<script>alert(1)</script>",
    "[click](https://evil.example)",
    "![x](https://evil.example/x.png)",
    "<https://evil.example>",
    "`code` **bold** _it_ ~~gone~~ <!-- hidden -->",
    "# heading",
    "- list",
    "1. list",
    "+ list",
    "> quote",
    "| a | b |",
    "---",
    "===",
    "&lt;b&gt; &#x41;",
    "a\\](https://evil.example)",
    "end with \\",
    "quote \" and ' and {{ x }} {% y %}",
    "[ref]: https://evil.example",
    "line\n\n# heading\n<b>",
    "\x1b]52;c;x\x07 \u202e \u2028",
    "https://evil.example/a_b_c*d*",
    "$x^2$",
]
texts = some.sampled_from(NASTY) | some.text(max_size=60) | some.text("<>[]()`*_#-+!&\\|~ \n\t1.:\"'x", max_size=40)


def told(subject: str, author: str, scope: str, service: str) -> Notes:
    """Notes with the same text from outside in each place."""
    commits = [Commit("a" * 40, f"feat({scope})!: {subject}", author, AT), Commit("b" * 40, subject, author, AT)]
    bodies = {"a" * 40: f"BREAKING CHANGE: {subject}", "b" * 40: f"This reverts commit {'a' * 40}."}
    found = entries(commits, bodies, REMOTE, Tickets(r"[^x]+1", "https://tickets.example/{id}"))
    changes = Infrastructure((ResourceChange(subject, author, "remove"),), subject)
    its = ServiceNotes(
        service, End(subject, "a" * 40), End(author, None), sections(found), authors(commits), None, changes
    )
    return Notes(service, subject, author, AT, (its,))


def flat(text: str) -> str:
    """Text as a reader sees it: cleaned, with single spaces."""
    return " ".join(clean(text, limit=1_000).split())


@given(texts, texts, texts, texts)
def test_no_text_brings_markup_into_the_markdown(subject: str, author: str, scope: str, service: str) -> None:
    notes = told(subject, author, scope, service)
    text = markdown(notes)
    assert clean(text, limit=1_000_000, newlines=True) == text
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    blocks = {token.type for token in tokens}
    assert blocks <= {
        *("heading_open", "heading_close", "inline", "paragraph_open", "paragraph_close"),
        *("bullet_list_open", "bullet_list_close", "list_item_open", "list_item_close"),
    }
    assert max(token.level for token in tokens) <= 4
    spans = [span for token in tokens for span in token.children or ()]
    kinds = {span.type for span in spans}
    assert kinds <= {"text", "text_special", "link_open", "link_close", "strong_open", "strong_close"}
    links = [str(span.attrs["href"]) for span in spans if span.type == "link_open"]
    assert all(link.startswith(("https://github.com/acme/shop/", "https://tickets.example/")) for link in links)
    lines = ["".join(span.content for span in token.children or ()) for token in tokens if token.type == "inline"]
    assert any(line.startswith(flat(subject)) or f": {flat(subject)} (" in line for line in lines)


class Reader(HTMLParser):
    """Collects tags, links and text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.text: list[str] = []
        self.odd: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in {"href", "src"}]

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        self.odd.append(data)

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)


@given(texts, texts, texts, texts)
def test_no_text_brings_markup_into_the_html(subject: str, author: str, scope: str, service: str) -> None:
    page = html(told(subject, author, scope, service))
    reader = Reader()
    reader.feed(page)
    reader.close()
    assert reader.tags <= {
        *("html", "head", "meta", "title", "style", "body", "section", "div"),
        *("h1", "h2", "h3", "p", "ul", "li", "a", "strong"),
    }
    assert reader.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class", "href"}
    assert all(link.startswith(("https://github.com/acme/shop/", "https://tickets.example/")) for link in reader.links)
    assert reader.odd == []
    assert flat(subject) in "".join(reader.text)
    assert clean(page, limit=1_000_000, newlines=True) == page


def test_the_html_is_a_page_that_renders_alone() -> None:
    page = html(NOTES)
    assert page.startswith("<!doctype html>")
    assert "default-src 'none'" in page
    assert not re.search(r"<script|src=|@import|url\(", page)


@pytest.mark.parametrize("url", ["javascript:alert(1)//{id}", "data:text/html,{id}"])
def test_a_ticket_is_no_link_where_its_page_is_none_of_the_web(url: str) -> None:
    found = entries([commit("1", "Fix A-1")], {}, None, Tickets(r"A-\d", url))
    its = replace(NOTES.services[0], sections=sections(found), compare=None)
    for text in (markdown(replace(NOTES, services=(its,))), html(replace(NOTES, services=(its,)))):
        assert url.partition(":")[0] + ":" not in text

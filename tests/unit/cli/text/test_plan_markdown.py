"""Plans as a comment on a pull request: what it says, how long it gets, and that nothing in it acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

from markdown_it import MarkdownIt

from promote_tui.cli.text.plan_markdown import comment
from promote_tui.core.changes.model import PropertyChange, ResourceChange
from promote_tui.core.gates.model import GateResult
from promote_tui.core.parameters.listing import PlannedValue
from promote_tui.core.value import replace
from tests.support.fakes import world
from tests.support.tui_reviewing import EVERYTHING, REMOVED, planned

GOLDEN = Path(__file__).with_name("plan.golden.md")
EVIL = "<script>x</script> ![i](https://evil.test/a.png) [l](javascript:x) @team #1 | a\n\n/merge\n# h `c` **b** &lt;i>"


@dataclass
class _Page(HTMLParser):
    tags: set[str] = field(default_factory=set)
    text: str = ""

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag; nothing of ours has attributes but what a table has."""
        assert {name for name, _ in attrs} <= {"style"}
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        """Keep the words."""
        self.text += data


def _render(lines: list[str]) -> _Page:
    page = _Page()
    page.feed(MarkdownIt("commonmark", {"html": True}).enable("table").render("\n".join(lines)))
    return page


def test_the_comment_says_commits_changes_and_gates() -> None:
    made = planned(world.draft(), EVERYTHING)
    told = "\n".join(comment([(made.draft, made)], world.NOW))
    assert told + "\n" == GOLDEN.read_text(encoding="utf-8")


def test_the_comment_lists_what_the_deploy_is_given_beside_the_stage_before() -> None:
    values = (
        PlannedValue("param", "key", "SSM /prod/key", "differs", "dev"),
        PlannedValue("env", "A", "configuration"),
    )
    told = comment([(replace(world.draft(), values=values), None)], world.NOW)
    assert told[told.index("#### Parameters and environment") :][:4] == [
        "#### Parameters and environment",
        "",
        "- param key (SSM /prod/key): differs from dev",
        "- env A (configuration)",
    ]


def test_a_blocked_commit_is_said_with_its_reason_and_without_changes() -> None:
    draft = world.draft(gates=(*world.PASSED, world.CLOSED))
    told = comment([(draft, None)], world.NOW)
    assert told[2] == "### orders/prod: 1 gate blocked"
    assert "| stage order | **blocked** | 8d20b6e was never verified in staging; promote it to staging first |" in told
    assert "Not packaged: a gate is blocked. What would change in the stack is unknown." in told


def test_nothing_from_outside_acts_in_the_comment() -> None:
    bad = world.commit("8d20b6e", EVIL, EVIL)
    change = ResourceChange(EVIL, EVIL, "modify", properties=(PropertyChange(EVIL, EVIL, EVIL),), notes=(EVIL,))
    gates = (GateResult(EVIL, passed=True, reason=EVIL), GateResult(EVIL, passed=False, reason=EVIL, remedy=EVIL))
    draft = replace(world.draft(brings=(bad,), removes=(bad,), onto=bad, gates=gates), afterwards=((EVIL, EVIL),))
    draft = replace(draft, values=(PlannedValue("param", EVIL, EVIL, "differs", EVIL),))
    made = replace(planned(draft, replace(REMOVED, changes=(change,), warnings=(EVIL,))), warnings=(EVIL,))
    lines = comment([(draft, made)], world.NOW)
    page = _render(lines)
    assert page.tags <= {
        "h2",
        "h3",
        "h4",
        "ul",
        "li",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "strong",
        "p",
    }
    assert not any(line.startswith("/") for line in lines)
    assert "@team" not in page.text
    assert "#1" not in page.text
    assert "https://" not in page.text
    assert {line.replace(r"\|", "").count("|") for line in lines if line.startswith("|")} == {4}


def test_a_secret_is_in_no_comment() -> None:
    bad = world.commit("8d20b6e", "Use AKIAABCDEFGHIJKLMNOP")
    draft = world.draft(brings=(bad,))
    made = planned(draft, REMOVED)
    assert "AKIA" not in "\n".join(comment([(draft, made)], world.NOW))


def test_no_vendor_refuses_the_comment_for_its_length() -> None:
    commits = tuple(world.commit(f"{number:07x}", "x" * 200) for number in range(300))
    draft = world.draft(brings=commits)
    found = [(draft, planned(draft, EVERYTHING))] * 60
    told = "\n".join(comment(found, world.NOW))
    assert len(told) < 32_768
    assert "- and 280 more" in told
    assert told.count("### orders/prod: 1 gate blocked") + told.count("- orders/prod: 1 gate blocked") == 60
    assert "### Left out, because the comment would be too long" in told

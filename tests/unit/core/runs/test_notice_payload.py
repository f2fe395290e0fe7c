"""What a webhook is sent: the published form, without what a receiver should not see."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from promote_tui.core.gates.decision_notices import decision_notice
from promote_tui.core.gates.decisions import Decision, DecisionKind
from promote_tui.core.runs.notice_payload import encode_payload
from promote_tui.core.runs.notices import About, Notice, approval_requested, external_update, finished, started
from promote_tui.core.runs.run import Run
from tests.support.values import NOW, B, planned, run, verified_run

SCHEMA = json.loads((Path(__file__).parents[4] / "docs/schemas/webhook.json").read_text(encoding="utf-8"))
NOTICES = (
    started(run()),
    finished(verified_run(B)),
    external_update(Run(planned("", kind="foreign", who="eve")), is_against_rule=True),
    approval_requested("orders", "prod", B, "Fix it", "ana", "for the sale"),
    decision_notice(Decision(NOW, "veto", "orders", None, B, "ana", "arn", "it loses money")),
    Notice("drift", "x", About(("orders",), "prod")),
)


@pytest.mark.parametrize("notice", NOTICES)
def test_every_notice_is_posted_in_the_published_form(notice: Notice) -> None:
    posted = json.loads(encode_payload(notice, "acme", NOW))
    Draft202012Validator(SCHEMA).validate(posted)
    assert (posted["event"], posted["project"], posted["text"]) == (notice.occasion, "acme", notice.text)


def test_a_runs_end_says_all_that_is_known_of_it() -> None:
    notice = finished(verified_run(B))
    assert notice is not None
    posted = json.loads(encode_payload(notice, "acme", NOW))
    assert {key: posted[key] for key in ("services", "stage", "commit", "kind", "run", "status", "release", "who")} == {
        "services": ["orders"],
        "stage": "staging",
        "commit": B,
        "kind": "normal",
        "run": "g1",
        "status": "succeeded",
        "release": None,
        "who": "ana",
    }


def test_no_key_and_no_control_character_is_posted() -> None:
    notice = Notice("hold", "AKIAABCDEFGHIJKLMNOP\x1b[2J", About(("orders",), "prod", reason="AKIAABCDEFGHIJKLMNOP"))
    body = encode_payload(notice, "acme", NOW).decode()
    assert "AKIA" not in body
    assert "\\u001b" not in body
    assert body.isascii()


@pytest.mark.parametrize(
    ("kind", "stage", "text"),
    [
        ("hold", "prod", "‖ orders prod: put on hold by ana: audit"),
        ("unhold", "prod", "▸ orders prod: its hold was lifted by ana: audit"),
        ("veto", None, "✗ orders everywhere: bbbbbbb is vetoed by ana: audit"),
    ],
)
def test_holds_and_vetoes_are_told_with_who_and_why(kind: DecisionKind, stage: str | None, text: str) -> None:
    notice = decision_notice(Decision(NOW, kind, "orders", stage, B, "ana", "arn", "audit"))
    assert notice is not None
    assert (notice.occasion, notice.text) == (kind, text)


def test_an_approval_is_no_news() -> None:
    assert decision_notice(Decision(NOW, "approve", "orders", "prod", B, "ana", "arn")) is None

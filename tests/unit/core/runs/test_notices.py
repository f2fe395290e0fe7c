"""What others hear of runs, and what they never hear."""

from __future__ import annotations

import pytest

from promote_tui.core.model.channels import Bell, Channel, Occasion, Slack, Sns, Webhook
from promote_tui.core.runs.events import Failed, NotSubmitted, OutcomeUnknown, OverrideRecord
from promote_tui.core.runs.notices import (
    About,
    approval_requested,
    channels_for,
    external_update,
    finished,
    for_slack,
    label,
    plain_http,
    rings_bell,
    started,
)
from promote_tui.core.runs.run import Run
from tests.support.values import NOW, B, planned, run, unknown_run, verified_run

CHANNELS: tuple[Channel, ...] = (Slack("${URL}"), Sns("arn:aws:sns:eu-west-1:1:ops", ("failed",)), Bell())


def test_a_start_and_an_end_are_one_line_each() -> None:
    begun = started(run())
    assert begun is not None
    assert begun.text == "▸ orders staging bbbbbbb Retry refunds on 409: deploying, by ana (run g1)"
    found = finished(verified_run(B))
    assert found is not None
    assert (found.occasion, found.text) == (
        "succeeded",
        "✓ orders staging bbbbbbb Retry refunds on 409: verified, by ana (run g1)",
    )


@pytest.mark.parametrize(
    ("channel", "occasion", "about", "heard"),
    [
        (Webhook("u"), "veto", About(("orders",)), True),
        (Webhook("u"), "drift", About(("orders",), "prod"), True),
        (Slack("u"), "hold", About(("orders",), "prod"), False),
        (Slack("u", ("hold",)), "hold", About(("orders",), "prod"), True),
        (Webhook("u", ("veto",)), "hold", About(("orders",), "prod"), False),
        (Webhook("u", stages=("prod",)), "hold", About(("orders",), "prod"), True),
        (Webhook("u", stages=("prod",)), "hold", About(("orders",), "dev"), False),
        (Webhook("u", stages=("prod",)), "veto", About(("orders",)), True),
        (Webhook("u", services=("web",)), "hold", About(("orders",), "prod"), False),
        (Webhook("u", services=("web",)), "started", About(("orders", "web"), "prod"), True),
        (Webhook("u", ("rollback",)), "succeeded", About(("orders",), "prod", kind="rollback"), True),
        (Webhook("u", ("rollback",)), "succeeded", About(("orders",), "prod", kind="normal"), False),
        (Webhook("u", ("rollback",), ("dev",)), "failed", About(("orders",), "prod", kind="rollback"), False),
    ],
)
def test_a_channel_hears_of_its_events_stages_and_services(
    channel: Channel, occasion: Occasion, about: About, heard: bool
) -> None:
    assert bool(channels_for((channel,), occasion, about)) is heard


def test_what_sync_started_says_so() -> None:
    begun = started(Run(planned(B, started_by="sync")))
    assert begun is not None
    assert begun.text.endswith(": deploying, by sync as ana (run g1)")


@pytest.mark.parametrize(
    ("to", "who", "is_against_rule", "words"),
    [
        (B, "eve", False, "by eve, to bbbbbbb (run g1)"),
        ("", "eve", True, "by eve; only sync may deploy there (run g1)"),
        ("", "", False, "by somebody unknown (run g1)"),
    ],
)
def test_an_external_update_says_whose_it_was(to: str, who: str, is_against_rule: bool, words: str) -> None:
    found = external_update(Run(planned(to, kind="foreign", who=who)), is_against_rule=is_against_rule)
    assert (found.occasion, found.text) == (
        "external_update",
        f"! orders staging: updated outside of promote-tui {words}",
    )


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (run(Failed(NOW, "it is ill", B, rollback="g2")), "failed, by ana: it is ill; run g2 rolls it back (run g1)"),
        (unknown_run(B), "unknown, by ana: no network (run g1)"),
    ],
)
def test_what_did_not_end_well_says_why(ends: Run, words: str) -> None:
    found = finished(ends)
    assert found is not None
    assert found.occasion == "failed"
    assert found.text.endswith(words)


def test_a_rollback_says_where_it_went_and_that_the_stage_is_on_hold() -> None:
    found = finished(Run(planned(B, kind="rollback"), ended_at=NOW, outcome=verified_run(B).outcome))
    assert found is not None
    assert (found.occasion, found.text) == (
        "succeeded",
        (
            "✓ orders staging bbbbbbb Retry refunds on 409: "
            "rolled back to bbbbbbb; staging is on hold until lifted, by ana (run g1)"
        ),
    )


@pytest.mark.parametrize("silent", [run(), run(NotSubmitted(NOW, "the plan is stale"))])
def test_nobody_hears_of_what_never_began_or_has_not_ended(silent: Run) -> None:
    assert finished(silent) is None


def test_runs_of_a_release_are_told_of_only_where_they_fail() -> None:
    plan = planned(B, release="2026-11-30")
    assert started(Run(plan)) is None
    assert finished(Run(plan, ended_at=NOW, outcome=verified_run(B).outcome)) is None
    assert finished(Run(plan, ended_at=NOW, outcome=unknown_run(B).outcome)) is not None


def test_what_was_passed_over_and_what_kind_it_is_are_told() -> None:
    plan = planned(B, kind="hotfix", overrides=(OverrideRecord("soak", "the shop is down"),))
    found = finished(Run(plan, ended_at=NOW, outcome=verified_run(B).outcome))
    assert found is not None
    assert found.text.endswith("hotfix, verified, by ana (run g1); overrides soak: the shop is down")


def test_who_wants_an_approval_says_how_it_is_given() -> None:
    found = approval_requested("orders", "prod", B, "Retry refunds", "ana", "for the sale")
    assert found.text == (
        "? orders prod bbbbbbb Retry refunds: ana asks for approval: for the sale."
        " promote-tui approve orders --to prod --commit bbbbbbb"
    )


def test_each_channel_hears_of_what_it_is_told_to() -> None:
    assert [number for number, _ in channels_for(CHANNELS, "failed")] == [0, 1, 2]
    assert [number for number, _ in channels_for(CHANNELS, "started")] == [0]
    assert rings_bell(CHANNELS, verified_run(B))
    assert not rings_bell((Bell(("failed",)),), verified_run(B))
    assert not rings_bell((Slack("x"),), run(OutcomeUnknown(NOW, "x", "y")))


def test_a_channel_is_named_without_its_address() -> None:
    assert [label(channel, number) for number, channel in enumerate(CHANNELS)] == [
        "notify[0] (slack)",
        "notify[1] (sns ops)",
        "notify[2] (bell)",
    ]


def test_slack_is_told_nothing_to_act_on() -> None:
    assert for_slack("<!channel> & <https://x|y> @here @ana") == (
        "&lt;!channel&gt; &amp; &lt;https://x|y&gt; @\u200bhere @ana"
    )
    begun = started(run(to=B))
    assert begun is not None
    assert "\x1b" not in begun.text


@pytest.mark.parametrize(
    ("url", "open_"),
    [
        ("https://hooks.slack.com/x", False),
        ("http://127.0.0.1:8/x", False),
        ("http://hooks.slack.com/x", True),
        ("ftp://x", True),
        ("", True),
    ],
)
def test_an_address_is_encrypted_or_on_this_machine(url: str, open_: bool) -> None:
    assert plain_http(url) == open_

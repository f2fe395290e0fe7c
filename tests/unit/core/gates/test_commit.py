"""What git knows of a commit, as a gate says it."""

from __future__ import annotations

import pytest

from promote_tui.core.gates import commit
from promote_tui.core.gates.facts import Signature
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.value import replace
from tests.support.gates import context, one
from tests.support.values import A


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        (Signature("good", "ana@example.com"), "signed by ana@example.com"),
        (Signature("none"), f"{A[:7]} is not signed"),
        (Signature("bad"), f"the signature of {A[:7]} is bad"),
        (Signature("unknown", "SHA256:abc"), "signed by SHA256:abc, which git does not trust here"),
        (Signature("none", problem="gpg is not installed"), "gpg is not installed"),
        (None, "its signature was not checked"),
    ],
)
def test_a_commit_is_signed_by_a_key_that_git_trusts(signature: Signature | None, reason: str) -> None:
    found = one(commit.SignedGate().check(context(Rules(signed=True), signature=signature)))
    assert (found.passed, found.reason) == (reason.startswith("signed by ana"), reason)


def test_a_commit_is_pushed_when_a_branch_of_the_remote_has_it() -> None:
    rules = Rules(pushed=True)
    assert one(commit.PushedGate().check(context(rules))).reason == "on the remote's main"
    found = context(rules)
    nowhere = one(commit.PushedGate().check(replace(found, promotion=replace(found.promotion, containing=()))))
    assert (nowhere.passed, nowhere.reason) == (False, f"{A[:7]} is on no branch of the remote")
    alone = one(commit.PushedGate().check(context(rules, remote=False)))
    assert (alone.passed, alone.reason) == (False, "the repository has no remote that it could be pushed to")
    bare = one(commit.PushedGate().check(context(rules, tracks=False)))
    assert (bare.passed, bare.reason) == (
        False,
        "unknown whether it was pushed: a bare clone has no branches of its remote",
    )
    assert "git config remote.origin.fetch" in bare.remedy

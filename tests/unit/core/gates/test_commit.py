"""What git knows of a commit, as a gate says it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.gates import commit
from promote_tui.core.gates.facts import Signature
from promote_tui.core.model.team_rules import Rules
from promote_tui.core.value import replace
from tests.support.gates import blocked, context, passes
from tests.support.values import A

if TYPE_CHECKING:
    from promote_tui.core.gates.model import GateResult
    from tests.support.aliases import Argument

SIGN = "sign it, or add the key to git (gpg.ssh.allowedSignersFile, or gpg --import)"


@pytest.mark.parametrize(
    ("signature", "says"),
    [
        (Signature("good", "ana@example.com"), passes("signed", "signed by ana@example.com")),
        (Signature("none"), blocked("signed", "aaaaaaa is not signed", SIGN)),
        (Signature("bad"), blocked("signed", "the signature of aaaaaaa is bad", SIGN)),
        (
            Signature("unknown", "SHA256:abc"),
            blocked("signed", "signed by SHA256:abc, which git does not trust here", SIGN),
        ),
        (Signature("unknown"), blocked("signed", "signed by a key, which git does not trust here", SIGN)),
        (Signature("none", problem="gpg is not installed"), blocked("signed", "gpg is not installed", SIGN)),
        (None, blocked("signed", "its signature was not checked", SIGN)),
    ],
)
def test_a_commit_is_signed_by_a_key_that_git_trusts(signature: Signature | None, says: GateResult) -> None:
    assert commit.SignedGate().check(context(Rules(signed=True), signature=signature)) == says


@pytest.mark.parametrize(
    ("facts", "containing", "says"),
    [
        ({}, ("main", "develop"), passes("pushed", "on the remote's main")),
        ({}, (), blocked("pushed", "aaaaaaa is on no branch of the remote", "git push")),
        (
            {"remote": False, "tracks": False},
            (),
            blocked(
                "pushed",
                "the repository has no remote that it could be pushed to",
                "git remote add origin URL; git push",
            ),
        ),
        (
            {"tracks": False},
            ("main",),
            blocked(
                "pushed",
                "unknown whether it was pushed: a bare clone has no branches of its remote",
                "git config remote.origin.fetch '+refs/heads/*:refs/remotes/origin/*'; git fetch origin",
            ),
        ),
    ],
)
def test_a_commit_is_pushed_when_a_branch_of_the_remote_has_it(
    facts: dict[str, Argument], containing: tuple[str, ...], says: GateResult
) -> None:
    found = context(Rules(pushed=True), **facts)
    asked = replace(found, promotion=replace(found.promotion, commit=A, containing=containing))
    assert commit.PushedGate().check(asked) == says

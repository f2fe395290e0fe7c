"""Whose jobs a trust policy lets in, at each host, and what is refused instead of letting in too many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.core.errors import UsageError
from promote_tui.core.git.forges import ForgeRepository
from promote_tui.core.iam.scope import StackScope
from promote_tui.core.iam.trust import JobSource, JobTokens, trust_jobs
from tests.support.iam_document import documented

if TYPE_CHECKING:
    from promote_tui.core.value import Json

SCOPE = StackScope("333333333333", (("eu-west-1", "orders-prod"),))
GITHUB = ForgeRepository("github", "https://api.github.com", "acme/orders")
ENTERPRISE = ForgeRepository("github", "https://git.acme.com/api/v3", "acme/orders")
GITLAB = ForgeRepository("gitlab", "https://gitlab.com/api/v4", "acme/orders")
OWN_GITLAB = ForgeRepository("gitlab", "https://git.acme.com/api/v4", "acme/shop/orders")
BITBUCKET = ForgeRepository("bitbucket", "https://api.bitbucket.org/2.0", "acme/orders")
WORKSPACE = "ari:cloud:bitbucket::workspace/00000000-0000-4000-8000-000000000001"
STEP = "{00000000-0000-4000-8000-000000000002}:{00000000-0000-4000-8000-000000000003}:*"
NOTHING = JobTokens()


def on(repository: ForgeRepository, *branches: str) -> JobSource:
    """A repository whose jobs deploy on these branches."""
    return JobSource(repository, branches)


def subjects(document: Json) -> list[Json]:
    """What each statement asks of the tokens' subjects."""
    asked = [each["Condition"] for each in document["Statement"]]
    return [value for each in asked for kind in each.values() for key, value in kind.items() if key.endswith(":sub")]


@pytest.mark.parametrize(
    ("heading", "source", "tokens"),
    [
        ("GitHub Actions", on(GITHUB, "main"), NOTHING),
        ("GitLab CI", on(GITLAB, "main"), NOTHING),
        ("Bitbucket Pipelines", on(BITBUCKET, "main"), JobTokens(WORKSPACE, (STEP,))),
    ],
)
def test_it_is_the_documents(heading: str, source: JobSource, tokens: JobTokens) -> None:
    assert trust_jobs(SCOPE, [source], tokens) == documented(heading)


@pytest.mark.parametrize(
    ("repository", "provider", "subject"),
    [
        (ENTERPRISE, "git.acme.com/_services/token", "repo:acme/orders:ref:refs/heads/main"),
        (OWN_GITLAB, "git.acme.com", "project_path:acme/shop/orders:ref_type:branch:ref:main"),
    ],
)
def test_a_host_of_ones_own_signs_its_own_tokens(repository: ForgeRepository, provider: str, subject: str) -> None:
    found = trust_jobs(SCOPE, [on(repository, "main")], NOTHING)
    (statement,) = found["Statement"]
    assert statement["Principal"] == {"Federated": f"arn:aws:iam::333333333333:oidc-provider/{provider}"}
    assert subjects(found) == [subject]
    assert statement["Condition"]["StringEquals"][f"{provider}:aud"] == "sts.amazonaws.com"


def test_every_repository_and_each_of_its_branches_gets_in_once() -> None:
    other = ForgeRepository("github", "https://api.github.com", "acme/billing")
    found = trust_jobs(SCOPE, [on(GITHUB, "main"), on(GITHUB, "main"), on(other, "v3", "main")], NOTHING)
    names = ["acme/orders:ref:refs/heads/main", "acme/billing:ref:refs/heads/v3", "acme/billing:ref:refs/heads/main"]
    assert subjects(found) == [[f"repo:{name}" for name in names]]


def test_a_given_branch_takes_the_place_of_the_configured_ones() -> None:
    found = trust_jobs(SCOPE, [on(GITHUB, "main")], JobTokens(branches=("release",)))
    assert subjects(found) == ["repo:acme/orders:ref:refs/heads/release"]


@pytest.mark.parametrize(
    ("repository", "subject", "kind"),
    [
        (GITHUB, "repo:acme/orders:pull_request", "StringEquals"),
        (GITLAB, "project_path:acme/orders:ref_type:branch:ref:*", "StringLike"),
    ],
)
def test_jobs_on_pull_requests_get_in_where_they_are_asked_for(
    repository: ForgeRepository, subject: str, kind: str
) -> None:
    found = trust_jobs(SCOPE, [on(repository, "main"), on(repository, "v3")], JobTokens(pull_requests=True))
    assert subjects(found) == [subject]
    assert any(key.endswith(":sub") for key in found["Statement"][0]["Condition"][kind])


def test_services_at_several_hosts_get_a_statement_each() -> None:
    found = trust_jobs(SCOPE, [on(GITHUB, "main"), on(GITLAB, "main")], NOTHING)
    assert [len(found["Statement"]), len(subjects(found))] == [2, 2]


@pytest.mark.parametrize(
    ("sources", "tokens", "said"),
    [
        ([on(GITHUB)], NOTHING, "no branch is deployed to the stage on merge; name the job's with --branch"),
        ([on(BITBUCKET)], JobTokens(pull_requests=True), "a token of bitbucket names no branch; give --subject"),
        ([on(BITBUCKET)], NOTHING, "a token of bitbucket names no branch; give --subject"),
        ([on(BITBUCKET, "main")], NOTHING, "a token of bitbucket names no branch; give --subject"),
        ([on(BITBUCKET)], JobTokens(subjects=(STEP,)), "its audience is unknown; give --audience"),
        ([on(GITHUB, "main"), on(GITLAB, "main")], JobTokens(subjects=("x",)), "the services are at several hosts"),
        ([on(GITHUB, "main"), on(GITLAB, "main")], JobTokens("x"), "the services are at several hosts"),
    ],
)
def test_nobody_is_let_in_by_a_guess(sources: list[JobSource], tokens: JobTokens, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        trust_jobs(SCOPE, sources, tokens)

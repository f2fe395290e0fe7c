"""The trust policy of CI's role: which jobs get in, by the token that their host signs for them (OIDC)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from promote_tui.core.errors import UsageError
from promote_tui.core.git.forges import ForgeRepository
from promote_tui.core.iam.policies import one_or_list, policy
from promote_tui.core.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from promote_tui.core.iam.scope import StackScope
    from promote_tui.core.value import Json

_AWS = "sts.amazonaws.com"
_GITHUB = "https://api.github.com"


class TokenIssuer(Value):
    """Who signs the tokens of jobs, as IAM names its identity provider, and whom they are for (empty: unknown)."""

    host: str
    audience: str = _AWS


class JobSource(Value):
    """A repository whose jobs deploy, and the branches on which they do."""

    repository: ForgeRepository
    branches: tuple[str, ...]


class JobTokens(Value):
    """What is asked of a job's token instead of what the configuration says; empty: that holds.

    With `pull_requests` they are the jobs on pull requests, from whichever branch of the repository.
    """

    audience: str = ""
    subjects: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()
    pull_requests: bool = False


def issuer_of(repository: ForgeRepository) -> TokenIssuer:
    """Return who signs the tokens of a repository's jobs."""
    host = urlsplit(repository.api).netloc
    match repository.provider:
        case "github":
            return TokenIssuer(
                "token.actions.githubusercontent.com" if repository.api == _GITHUB else f"{host}/_services/token"
            )
        case "gitlab":
            return TokenIssuer(host)
        case "bitbucket":
            workspace = repository.path.partition("/")[0]
            return TokenIssuer(f"{host}/2.0/workspaces/{workspace}/pipelines-config/identity/oidc", "")


def subject_of(repository: ForgeRepository, branch: str) -> str:
    """Return the subject of the tokens of a branch's jobs, at a host whose tokens name it."""
    if repository.provider == "gitlab":
        return f"project_path:{repository.path}:ref_type:branch:ref:{branch}"
    return f"repo:{repository.path}:ref:refs/heads/{branch}"


def review_subject_of(repository: ForgeRepository) -> str:
    """Return the subject of the tokens of jobs on pull requests; GitLab's are those of every branch."""
    return f"repo:{repository.path}:pull_request" if repository.provider == "github" else subject_of(repository, "*")


def trust_jobs(scope: StackScope, sources: Sequence[JobSource], tokens: JobTokens) -> Json:
    """Return the policy that lets in the jobs of these branches, or those with these subjects; raises UsageError."""
    issuers: dict[TokenIssuer, list[JobSource]] = {}
    for source in sources:
        issuers.setdefault(issuer_of(source.repository), []).append(source)
    if len(issuers) > 1 and (tokens.subjects or tokens.audience):
        cause = f"the services are at several hosts: {', '.join(issuer.host for issuer in issuers)}"
        raise UsageError("--subject and --audience", cause, "leave them out, or write the policy by hand")
    return policy([_statement(scope, issuer, found, tokens) for issuer, found in issuers.items()])


def _statement(scope: StackScope, issuer: TokenIssuer, sources: Sequence[JobSource], tokens: JobTokens) -> Json:
    subjects = tokens.subjects or _subjects(sources, tokens)
    audience = tokens.audience or issuer.audience
    if not audience:
        raise UsageError(issuer.host, "its audience is unknown", "give --audience, from its OpenID Connect page")
    kind = "StringLike" if any("*" in subject for subject in subjects) else "StringEquals"
    conditions: dict[str, Json] = {"StringEquals": {f"{issuer.host}:aud": audience}}
    conditions.setdefault(kind, {})[f"{issuer.host}:sub"] = one_or_list(subjects)
    return {
        "Sid": "JobsThatDeploy",
        "Effect": "Allow",
        "Principal": {"Federated": f"arn:{scope.partition}:iam::{scope.account}:oidc-provider/{issuer.host}"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": conditions,
    }


def _subjects(sources: Sequence[JobSource], tokens: JobTokens) -> tuple[str, ...]:
    if any(each.repository.provider == "bitbucket" for each in sources):
        remedy = "give --subject '{REPOSITORY}:{ENVIRONMENT}:*': see docs/iam.md"
        raise UsageError("the role of CI", "a token of bitbucket names no branch", remedy)
    if tokens.pull_requests:
        return tuple(dict.fromkeys(review_subject_of(each.repository) for each in sources))
    pairs = [(each.repository, branch) for each in sources for branch in tokens.branches or each.branches]
    if not pairs:
        raise UsageError(
            "the role of CI", "no branch is deployed to the stage on merge", "name the job's with --branch"
        )
    return tuple(dict.fromkeys(subject_of(repository, branch) for repository, branch in pairs))

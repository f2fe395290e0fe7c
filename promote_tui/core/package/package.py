"""A commit made ready to deploy: its checkout and its package."""

from __future__ import annotations

from dataclasses import dataclass, field

from promote_tui.core.value import Value


class ResolvedTarget(Value):
    """The target of a package, as the deployer resolved it."""

    service: str
    stage: str
    region: str
    stack: str


class Artifact(Value):
    """What a function runs: `function` is its logical id, `name` its name in AWS.

    `code` is what Lambda calls CodeSha256 (base64 of the archive's SHA-256), `content` a digest of the
    files in the archive that does not change with their times or order.
    """

    function: str
    name: str
    code: str
    content: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What a deploy of a package will hand to CloudFormation; it may hold secrets and is never written down.

    `template` is JSON text; `bucket` is where the service's artifacts go, None where that is a resource
    of the stack (`DeployerFacts.bucket`).
    """

    template: str = field(repr=False)
    parameters: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    tags: tuple[tuple[str, str], ...] = ()
    capabilities: tuple[str, ...] = ()
    role_arn: str | None = None
    notification_arns: tuple[str, ...] = ()
    bucket: str | None = None


class Package(Value):
    """A packaged commit on disk: `folder` holds what `deploy --package` ships.

    `files` are (relative path, SHA-256) of every file in it. `content` is the digest that stays the
    same when the same code is packaged again: the template without artifact keys and timestamps,
    and the artifacts' content. `reports_commit` says that the stack will name the commit, `remark` how where
    that is not as usual, `artifacts` is what its functions run.
    """

    folder: str
    files: tuple[tuple[str, str], ...]
    content: str
    resolved: ResolvedTarget
    reports_commit: bool
    artifacts: tuple[Artifact, ...] = ()
    remark: str = ""


class Checkout(Value):
    """A commit in a folder of our own: `root` is the work tree, `service` the folder of its configuration.

    `dependencies` says what was installed there and why, or why nothing was.
    `warnings` tell where it is not what a team has, a line each.
    """

    root: str
    service: str
    commit: str
    dependencies: str = ""
    warnings: tuple[str, ...] = ()

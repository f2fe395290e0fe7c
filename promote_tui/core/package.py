"""A commit made ready to deploy: its checkout and its package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ResolvedTarget:
    """Where the Serverless CLI itself says that the package goes."""

    service: str
    stage: str
    region: str
    stack: str


@dataclass(frozen=True, slots=True)
class Package:
    """A packaged commit on disk: `folder` holds what `deploy --package` ships.

    `files` are (relative path, SHA-256) of every file in it. `content` is the digest that stays the
    same when the same code is packaged again: the template without artifact keys and timestamps,
    and the artifacts' content. `reports_commit` says that the stack will name the commit.
    """

    folder: str
    files: tuple[tuple[str, str], ...]
    content: str
    resolved: ResolvedTarget
    reports_commit: bool


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit in a folder of our own: `root` is the work tree, `service` the serverless.yml's folder."""

    root: str
    service: str
    commit: str

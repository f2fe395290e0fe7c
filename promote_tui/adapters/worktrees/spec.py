"""All that a checkout is made from, read and judged before anything is written."""

from __future__ import annotations

import hashlib
import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.adapters.git.mirror import is_url
from promote_tui.adapters.git.parse import is_hash, objects, service_paths
from promote_tui.adapters.git.relations import absent_reason
from promote_tui.adapters.git.repository import Repository
from promote_tui.adapters.process.environment import base
from promote_tui.adapters.worktrees import install as installs
from promote_tui.adapters.worktrees.deviations import LONGEST_POINTER, find_deviations, is_pointer
from promote_tui.adapters.worktrees.extra_files import Extra, read_extras
from promote_tui.adapters.worktrees.install import Install
from promote_tui.core.errors import DeployError, GitError
from promote_tui.core.model.pipeline import Service
from promote_tui.core.package.checkout_deviations import assess_deviations, is_inside
from promote_tui.core.text import short

if TYPE_CHECKING:
    from pathlib import Path

    from promote_tui.adapters.worktrees.deviations import Rows
    from promote_tui.core.package.checkout_deviations import Assessment


@dataclass(frozen=True, slots=True)
class CheckoutSpec:
    """A commit to check out; `files` are the service's own and shared ones, relative to the root.

    `warnings` tell where the checkout is not what a team has, but for what is refused.
    """

    service: Service
    stage: str
    commit: str
    source: Repository
    files: tuple[str, ...]
    extras: tuple[Extra, ...]
    install: Install | None
    dependencies: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def subject(self) -> str:
        """What errors speak of."""
        return f"{self.service.name}/{self.stage}"

    @property
    def key(self) -> str:
        """What the dependencies depend on; empty where none can be kept."""
        return self.install.key if self.install else ""

    @property
    def recipe(self) -> str:
        """What a work tree is prepared from; the same for every stage whose copied files are the same."""
        deploy, install = self.service.deploy, self.install
        parts = [self.commit, self.service.name, *service_paths(self.service), *self._told()]
        parts += [repr((install.folder, install.argv, install.key)) if install else "", repr(deploy.before)]
        parts += [f"{extra.name} {hashlib.sha256(extra.content).hexdigest()}" for extra in self.extras]
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()

    def _told(self) -> list[str]:
        """Return what the commands are told of the environment, but for what is the machine's own."""
        names = {*self.service.deploy.pass_env, *(name for name, _ in self.service.deploy.env), "PATH"}
        return [f"{name}={value}" for name, value in base(self.service).items() if name in names]


def gather(source: Repository, service: Service, stage: str, commit: str) -> CheckoutSpec:
    """Return what a checkout of the commit needs; raises GitError, or DeployError for what cannot be deployed."""
    if not is_hash(commit) or objects(source.git, [f"{commit}^{{commit}}"]) != (commit,):
        raise GitError(source.git.subject, absent_reason(commit), "run `git fetch` there")
    rows = _listed(source, commit)
    inside = [path for path in rows if is_inside(path, service_paths(service))]
    _refuse_missing(service, stage, commit, inside)
    extras = read_extras(service, stage)
    found = _assess(source, service, rows, extras)
    if found.refused:
        raise DeployError(f"{service.name}/{stage}", found.refused, found.remedy)
    node = installs.node_version(base(service).get("PATH", ""))
    install = installs.choose(service, {path: row[1] for path, row in rows.items()}, extras, node)
    dependencies = installs.describe_install(service, install, rows)
    return CheckoutSpec(service, stage, commit, source, tuple(inside), extras, install, dependencies, found.warnings)


def _assess(source: Repository, service: Service, rows: Rows, extras: tuple[Extra, ...]) -> Assessment:
    """Return what follows from the commit's files; a copy of the very bytes that git stores is none."""
    copied = {extra.name for extra in extras if extra.name in rows and rows[extra.name][1] != _oid(extra.content)}
    return assess_deviations(
        find_deviations(source.git, rows), service_paths(service), copied, mirrored=is_url(service.repo)
    )


def _oid(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0%s" % (len(content), content), usedforsecurity=False).hexdigest()


def refuse_pointers(wanted: CheckoutSpec, root: Path) -> None:
    """Raise DeployError where a file of the service is only a pointer to Git LFS, attributes or not."""
    for name in wanted.files:
        path = root / name
        if path.is_symlink() or not path.is_file() or path.stat().st_size > LONGEST_POINTER:
            continue
        if is_pointer(path.read_bytes()):
            raise _unsupported(wanted.service, wanted.stage, f"{name} is kept in Git LFS")


def _listed(source: Repository, commit: str) -> dict[str, tuple[str, str]]:
    """Return each path of the commit with its mode and object id."""
    out = source.git.read("ls-tree", "-r", "-z", "--full-tree", commit).decode("utf-8", "surrogateescape")
    found = {}
    for row in out.split("\0")[:-1]:
        about, _, path = row.partition("\t")
        mode, _, oid = about.split(" ")
        found[path] = (mode, oid)
    return found


def _refuse_missing(service: Service, stage: str, commit: str, inside: list[str]) -> None:
    folder = posixpath.normpath(service.path)
    if not any(is_inside(path, (folder,)) for path in inside):
        cause = f"{short(commit)} has no folder {folder}"
        raise DeployError(f"{service.name}/{stage}", cause, "choose a commit that has it, or correct `path`")
    if service.file and posixpath.normpath(posixpath.join(folder, service.file)) not in inside:
        cause = f"{short(commit)} has no {service.file} in {folder}"
        raise DeployError(f"{service.name}/{stage}", cause, "choose a commit that has it, or correct `file`")


def _unsupported(service: Service, stage: str, fact: str) -> DeployError:
    return DeployError(f"{service.name}/{stage}", f"{fact}, which is not supported yet", "commit the files themselves")

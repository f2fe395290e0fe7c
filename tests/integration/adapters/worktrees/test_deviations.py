"""What git would change on the way out, or does not hold at all: read from the very commit, refused or named."""

from __future__ import annotations

import base64
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.command import Git
from promote_tui.adapters.worktrees.deviations import find_deviations
from promote_tui.adapters.worktrees.pool import WorkTrees
from promote_tui.core.errors import DeployError
from promote_tui.core.model.pipeline import DeploySettings
from promote_tui.ports import CheckoutRequest
from tests.support.repositories import Link, Repository, folder_digest, run_git, service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.model.pipeline import Service
    from promote_tui.core.package.package import Checkout

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
FILTERS = ["base64", *(["git-crypt"] if shutil.which("git-crypt") else [])]


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    found = Repository(tmp_path / "acme")
    found.commit({"svc/serverless.yml": "service: orders\n", "other/serverless.yml": "service: other\n"})
    found.checkout()
    return found


@pytest.fixture
def trees(tmp_path: Path) -> WorkTrees:
    return WorkTrees(tmp_path / "cache")


def prepare(
    trees: WorkTrees, repository: Repository, commit: str, path: str = "svc", *files: str, shared: tuple[str, ...] = ()
) -> Checkout:
    its: Service = service(repository.path, "orders", path, *shared, deploy=DeploySettings(files=files))
    return trees.prepare(CheckoutRequest(its, "dev", commit, "plan", repository.path.parent / "log"))


def set_up(repository: Repository, name: str) -> None:
    """Set a filter up that the repository alone knows, as `git-crypt init` does."""
    if name == "git-crypt":
        subprocess.run(["git-crypt", "init"], cwd=repository.path, check=True, capture_output=True)
        return
    for key, value in (("clean", "base64"), ("smudge", "base64 -d"), ("required", "true")):
        repository.git("config", f"filter.{name}.{key}", value)


def commit_filtered(repository: Repository, name: str, *paths: str) -> str:
    """Commit files through the filter, as a person does, and return the commit."""
    (repository.path / ".gitattributes").write_text(f"*.secret filter={name}\n", encoding="utf-8")
    for path in paths:
        (repository.path / path).write_text("password\n", encoding="utf-8")
    repository.git("add", ".gitattributes", *paths)
    repository.git("commit", "--quiet", "-m", "Add secrets")
    return repository.tip("main") or ""


def listed(repository: Repository, commit: str) -> dict[str, tuple[str, str]]:
    rows = run_git(repository.path, "ls-tree", "-rz", commit).decode("utf-8", "surrogateescape").split("\0")[:-1]
    return {row.partition("\t")[2]: (row.split(" ")[0], row.partition("\t")[0].split(" ")[2]) for row in rows}


def filters(repository: Repository, commit: str) -> Mapping[str, str]:
    return find_deviations(Git(repository.path, "acme"), listed(repository, commit)).filters


@pytest.mark.parametrize("name", FILTERS)
def test_a_file_of_the_service_under_a_filter_is_refused(name: str, repository: Repository, trees: WorkTrees) -> None:
    set_up(repository, name)
    commit = commit_filtered(repository, name, "svc/a.secret", "svc/b.secret")
    assert repository.git("cat-file", "-p", f"{commit}:svc/a.secret") != "password"
    with pytest.raises(DeployError) as refused:
        prepare(trees, repository, commit)
    assert refused.value.cause == f"svc/a.secret and svc/b.secret are under the git filter {name}, which is not run"
    assert refused.value.remedy == "name it in deploy.files, which copies yours as it can be read in your folder"


@pytest.mark.parametrize("name", FILTERS)
def test_a_shared_file_under_a_filter_is_refused_and_another_services_is_named(
    name: str, repository: Repository, trees: WorkTrees
) -> None:
    set_up(repository, name)
    commit = commit_filtered(repository, name, "other/a.secret")
    with pytest.raises(DeployError, match=rf"other/a\.secret is under the git filter {name}, which is not run"):
        prepare(trees, repository, commit, shared=("other/",))
    found = prepare(trees, repository, commit)
    stored = run_git(repository.path, "cat-file", "-p", f"{commit}:other/a.secret")
    assert (Path(found.root) / "other/a.secret").read_bytes() == stored != b"password\n"
    assert found.warnings == (
        f"other/a.secret, outside of the service's paths, is as git stores it: the filter {name} is not run",
    )


@pytest.mark.parametrize("name", FILTERS)
def test_a_filtered_file_that_deploy_files_names_is_copied_as_it_can_be_read(
    name: str, repository: Repository, trees: WorkTrees
) -> None:
    set_up(repository, name)
    commit = commit_filtered(repository, name, "svc/a.secret")
    found = prepare(trees, repository, commit, "svc", "a.secret")
    assert (Path(found.service) / "a.secret").read_text() == "password\n"
    assert found.warnings == ("svc/a.secret: copied from your folder, not from the commit",)
    trees.release("plan")
    stored = run_git(repository.path, "cat-file", "-p", f"{commit}:svc/a.secret")
    (repository.path / "svc/a.secret").write_bytes(stored)
    with pytest.raises(DeployError, match=rf"svc/a\.secret is under the git filter {name}"):
        prepare(trees, repository, commit, "svc", "a.secret")


def test_a_filter_that_leaves_the_bytes_as_they_are_on_the_way_out_is_no_matter(
    repository: Repository, trees: WorkTrees
) -> None:
    commit = repository.commit({".gitattributes": "*.ipynb filter=strip\n", "svc/a.ipynb": "{}"})
    with pytest.raises(DeployError, match=r"run `git config --global filter\.strip\.smudge cat`"):
        prepare(trees, repository, commit)
    repository.git("config", "filter.strip.clean", "jq .")
    repository.git("config", "filter.strip.smudge", "cat")
    found = prepare(trees, repository, commit)
    assert (Path(found.service) / "a.ipynb").read_text() == "{}"
    assert found.warnings == ()


def test_no_filter_is_run_wherever_it_is_set_up(
    repository: Repository, trees: WorkTrees, home: Path, tmp_path: Path
) -> None:
    program, sprung = tmp_path / "trap", tmp_path / "sprung"
    program.write_text(f"#!/bin/sh\ntouch {sprung}\nexit 1\n", encoding="utf-8")
    program.chmod(0o755)
    lines = (f"smudge = {program}", f"clean = {program}", f"process = {program}", "required = true", "")
    (home / ".gitconfig").write_text("\n".join(('[filter "x"]', *lines)), encoding="utf-8")
    attributes = "[attr]secret filter=x\nother/*.a secret\nother/*.b filter=x\n"
    commit = repository.commit({".gitattributes": attributes, "other/1.a": "1", "other/2.b": "2"})
    found = prepare(trees, repository, commit)
    assert found.warnings == (
        "other/1.a and other/2.b, outside of the service's paths, are as git stores them: the filter x is not run",
    )
    (Path(found.root) / "other/1.a").write_text("edited", encoding="utf-8")
    trees.digest(found)
    trees.release("plan")
    assert not sprung.exists()


ATTRIBUTES = {
    "by a pattern": {".gitattributes": "svc/*.x filter=f\n"},
    "by a nested file": {"svc/.gitattributes": "*.x filter=f\n"},
    "by a macro": {".gitattributes": "[attr]crypt filter=f diff=f\n*.x crypt\n"},
    "a macro that is made known below the top is none": {"svc/.gitattributes": "[attr]crypt filter=f\n*.x crypt\n"},
    "a macro from the top, used below": {".gitattributes": "[attr]crypt filter=f\n", "svc/.gitattributes": "* crypt\n"},
    "taken back below": {".gitattributes": "* filter=f\n", "svc/.gitattributes": "a.x !filter\nb.x -filter\n"},
    "another one below": {".gitattributes": "* filter=f\n", "svc/deep/.gitattributes": "* filter=g\n"},
    "without a name": {".gitattributes": "*.x filter\n"},
    "the last line counts": {".gitattributes": "*.x filter=f\n*.x filter=g\n"},
    "its own file too": {".gitattributes": "* filter=f\n.gitattributes !filter\n"},
}
FILES = dict.fromkeys(("svc/a.x", "svc/b.x", "svc/deep/c.x", "svc/empty.y", "top.x", "a b\\n.x", "ü.x"), "1")


@pytest.mark.parametrize("attributes", ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
@pytest.mark.parametrize("info", ["", "svc/b.x filter=h\n", "* -filter\n"], ids=["plain", "info", "info takes back"])
def test_attributes_are_those_that_git_itself_goes_by_in_a_checkout_of_the_commit(
    attributes: dict[str, str], info: str, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "acme")
    commit = repository.commit({**FILES, **attributes})
    repository.commit(dict.fromkeys(attributes, "* filter=later\n"))
    repository.checkout(commit)
    (repository.path / ".git/info").mkdir(exist_ok=True)
    (repository.path / ".git/info/attributes").write_text(info, encoding="utf-8")
    paths = [*listed(repository, commit)]
    words = repository.git("check-attr", "-z", "filter", *paths).split("\0")
    wanted = {path: name for path, name in zip(words[::3], words[2::3], strict=False) if name in {"f", "g", "h"}}
    repository.checkout("main")
    (repository.path / "svc/.gitattributes").write_text("* filter=worktree\n", encoding="utf-8")
    assert filters(repository, commit) == wanted
    bare = repository.clone(tmp_path / "bare.git", "--bare", "--template=")
    (bare.path / "info").mkdir(exist_ok=True)
    (bare.path / "info/attributes").write_text(info, encoding="utf-8")
    assert filters(bare, commit) == wanted


def test_nothing_of_the_users_repository_is_written(repository: Repository, trees: WorkTrees) -> None:
    for key, value in (("core.splitIndex", "true"), ("core.untrackedCache", "true"), ("index.version", "4")):
        repository.git("config", key, value)
    commit = repository.commit({".gitattributes": "* filter=f\nsvc/** !filter\n"})
    before = folder_digest(repository.path)
    assert len(prepare(trees, repository, commit).warnings) == 1
    assert folder_digest(repository.path) == before


def test_a_name_that_no_text_can_hold_is_asked_about_like_any_other(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "acme", bare=True)
    stream = b'M 100644 inline "svc/\\377\\n.x"\ndata 1\n1\n'
    head = b"commit refs/heads/main\ncommitter a <a> 1767600000 +0000\ndata 1\nx\n"
    attributes = b"M 100644 inline .gitattributes\ndata 13\n*.x filter=f\n\n"
    repository.git("fast-import", "--quiet", feed=head + attributes + stream)
    assert filters(repository, "main") == {b"svc/\xff\n.x".decode("utf-8", "surrogateescape"): "f"}


def test_pointers_submodules_and_links_elsewhere_are_named_and_those_of_the_service_refused(
    repository: Repository, trees: WorkTrees
) -> None:
    files = {"assets/a.bin": POINTER, "assets/b.bin": "real", ".gitattributes": "*.bin filter=lfs\n"}
    commit = repository.commit({**files, "ops/conf": Link("/etc/conf"), "svc/lib": Link("../assets")})
    found = prepare(trees, repository, commit)
    assert found.warnings == (
        "assets/a.bin, outside of the service's paths, is kept in Git LFS: only a pointer is checked out",
        "ops/conf, outside of the service's paths, links out of the repository",
        "svc/lib links to assets: a change there is not a commit of the service; add assets to `shared`",
    )
    with pytest.raises(DeployError, match=r"assets/a\.bin is kept in Git LFS"):
        prepare(trees, repository, commit, shared=("assets",))
    with pytest.raises(DeployError, match="ops/conf links to /etc/conf, outside of the repository"):
        prepare(trees, repository, commit, shared=("ops",))


def test_a_link_to_what_is_shared_is_no_matter(repository: Repository, trees: WorkTrees) -> None:
    commit = repository.commit({"libs/a.js": "1", "svc/lib": Link("../libs")})
    assert prepare(trees, repository, commit, shared=("libs/",)).warnings == ()


def test_a_submodule_elsewhere_is_named(repository: Repository, trees: WorkTrees) -> None:
    first = repository.tip("main") or ""
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{first},vendor/lib")
    repository.git("commit", "--quiet", "-m", "Add a submodule")
    assert prepare(trees, repository, repository.tip("main") or "").warnings == (
        "vendor/lib, outside of the service's paths, is a submodule: no file of it is checked out",
    )


def test_a_mirror_of_a_url_is_asked_too(repository: Repository, trees: WorkTrees, tmp_path: Path) -> None:
    commit = repository.commit({".gitattributes": "*.x filter=f\n", "svc/a.x": base64.b64encode(b"1").decode()})
    its = service(repository.url, "orders", "svc")
    with pytest.raises(
        DeployError, match=r"svc/a\.x is under the git filter f, which is not run; name a clone's folder"
    ):
        trees.prepare(CheckoutRequest(its, "dev", commit, "plan", tmp_path / "log"))

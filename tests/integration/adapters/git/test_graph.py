"""Real repositories as people have them, and as nobody wishes to have them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.command import Git
from promote_tui.adapters.git.graph import GitGraph
from promote_tui.core.errors import GitError, PromoteError, UsageError
from promote_tui.core.git.relation import Ahead, Behind, Pair, Relation, Same, Unknown
from tests.support.repositories import Repository, folder_digest, service
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promote_tui.core.model.pipeline import Service


UNPRIVILEGED = 65534


@pytest.fixture
def graph(tmp_path: Path) -> GitGraph:
    return GitGraph(tmp_path / "cache", fetch_timeout=120)


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "origin.git", bare=True)
    repository.commit({"serverless.yml": "service: orders\n", "handler.js": "1"}, "Begin")
    repository.commit({"handler.js": "2"}, "Go on")
    repository.branch("develop")
    repository.commit({"handler.js": "3"}, "Try it", branch="develop")
    return repository


def relation(graph: GitGraph, its: Service, commit: str, against: str) -> Relation:
    pair = Pair(its, commit, against)
    return graph.relations([pair])[pair]


def everything(graph: GitGraph, its: Service) -> None:
    """Ask all that can be asked."""
    tip, old = graph.resolve(its, "main"), graph.resolve(its, "main~1")
    graph.commits(its, [tip, old])
    graph.branches(its)
    graph.branches_containing(its, tip)
    graph.log(its, "main")
    graph.between(its, old, tip)
    relation(graph, its, tip, old)
    graph.service_trees(its, [tip, old])
    graph.changed_files(its, old, tip)
    graph.fetch(its)


# the remote's branches


def test_with_a_remote_its_branches_are_the_branches(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    clone = origin.clone(tmp_path / "clone")
    clone.commit({"local": "1"}, "Not pushed")
    clone.branch("only-here")
    its, main = service(clone.path), origin.tip("main")
    assert {branch.name: branch.tip.sha for branch in graph.branches(its)} == {
        "develop": origin.tip("develop"),
        "main": main,
    }
    assert graph.resolve(its, "main") == main != clone.tip("main")
    assert graph.resolve(its, "HEAD") == graph.resolve(its, "only-here") == clone.tip("main")
    assert graph.branches_containing(its, clone.tip("main") or "") == ()


def test_another_remote_counts_where_there_is_no_origin(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    clone = origin.clone(tmp_path / "clone", "--origin", "team/upstream")
    assert [branch.name for branch in graph.branches(service(clone.path))] == ["develop", "main"]


def test_a_local_branch_comes_before_a_tag_of_its_name(origin: Repository, graph: GitGraph) -> None:
    origin.tag("develop", "main")
    assert graph.resolve(service(origin.path), "develop") == origin.tip("develop")


@pytest.mark.parametrize("state", ["empty", "unborn", "detached"])
def test_a_repository_without_a_branch_at_its_head_is_read(state: str, tmp_path: Path, graph: GitGraph) -> None:
    repository, expected = Repository(tmp_path / "r"), []
    if state != "empty":
        repository.commit({"a": "1"})
        expected = ["main"]
    if state == "unborn":
        repository.git("symbolic-ref", "HEAD", "refs/heads/nothing")
    if state == "detached":
        repository.checkout(repository.tip("main") or "")
    its = service(repository.path)
    assert [branch.name for branch in graph.branches(its)] == expected
    with pytest.raises(UsageError):
        graph.resolve(its, "HEAD" if state != "detached" else "HEAD~7")


# revisions


@pytest.mark.parametrize(
    "revision",
    [
        "--all",
        "-x",
        "--output=/tmp/x",
        "main..develop",
        "^main",
        ":/Begin",
        "main:handler.js",
        "main\nmain",
        "x" * 9999,
        "main^{tree}",
        "\x00",
        "main develop",
        "@{-7}",
        "~1",
        "main@{upstream}",
        "@{push}",
    ],
)
def test_what_is_not_one_commit_is_a_usage_error_in_one_line(
    revision: str, origin: Repository, graph: GitGraph
) -> None:
    with pytest.raises(UsageError) as error:
        graph.resolve(service(origin.path), revision)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 500


def test_a_branch_whose_name_begins_with_a_dash_resolves(origin: Repository, graph: GitGraph) -> None:
    sha = origin.tip("main") or ""
    (origin.path / "refs/heads/--all").write_text(f"{sha}\n")
    assert graph.resolve(service(origin.path), "--all~1") == graph.resolve(service(origin.path), f"{sha}~1")


def test_a_branch_named_like_another_commits_hash_is_never_guessed(origin: Repository, graph: GitGraph) -> None:
    main, develop = origin.tip("main") or "", origin.tip("develop") or ""
    (origin.path / f"refs/heads/{main}").write_text(f"{develop}\n")
    origin.branch(main[:8], "develop")
    its = service(origin.path)
    assert graph.resolve(its, main) == main
    with pytest.raises(UsageError, match="names more than one commit; give all 40 digits"):
        graph.resolve(its, main[:8])


def test_a_short_hash_of_several_commits_is_ambiguous(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    rows = [f"commit refs/heads/main\ncommitter a <a> {number} +0000\ndata 1\nc\n" for number in range(900)]
    repository.git("fast-import", "--quiet", feed="".join(rows).encode())
    starts = [sha[:4] for sha in repository.git("rev-list", "main").split()]
    twice = next(start for start in starts if starts.count(start) > 1)
    with pytest.raises(UsageError, match="names more than one commit"):
        graph.resolve(service(repository.path), twice)


def test_an_unknown_name_in_a_clone_says_fetch(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    its = service(origin.clone(tmp_path / "clone").path)
    with pytest.raises(UsageError, match=r"^orders: 'nobody' names no commit in .*clone; run `git fetch origin` there"):
        graph.resolve(its, "nobody")


# what commits can hold


def test_odd_commits_are_read_without_a_traceback(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    repository.commit({"a": "1"}, b"Caf\xe9 \xff\x1b[31m")
    huge = repository.commit({"a": "2"}, "x" * 10_000_000)
    stream = (
        b"commit refs/heads/main\nauthor J\xf8rn <j@x> 99999999999999 +0000\ncommitter a <a> 0 +0000\ndata 0\nfrom "
    )
    repository.git("fast-import", "--quiet", "--date-format=raw-permissive", feed=stream + huge.encode() + b"\n")
    its = service(repository.path)
    absurd, long, latin = (branch.tip for branch in graph.branches(its)), *graph.log(its, "main")[-2:]
    assert latin.subject.startswith("Caf\N{REPLACEMENT CHARACTER} ")
    assert len(long.subject) == 300
    (tip,) = absurd
    assert (tip.author, tip.subject) == ("J\N{REPLACEMENT CHARACTER}rn", "")
    assert tip.authored_at <= datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert graph.commits(its, [tip.sha])[tip.sha].author == tip.author


@pytest.mark.parametrize(
    ("author", "committer"),
    [
        ("99999999999999 +9999", "-5 -9999"),
        ("1 +0000", "9223372036854775808 +0000"),
        ("9223372036854775807 +9999", "18446744073709551614 -9999"),
        ("18446744073709551615 +9999", "18446744073709551615 +9999"),
    ],
)
def test_dates_that_no_calendar_holds_do_not_hide_a_commit(
    tmp_path: Path, graph: GitGraph, author: str, committer: str
) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    tree = repository.git("rev-parse", f"{repository.commit({'a': '1'})}^{{tree}}")
    raw = f"tree {tree}\nauthor A <a> {author}\ncommitter A <a> {committer}\n\nodd\n"
    sha = repository.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", feed=raw.encode())
    repository.git("update-ref", "refs/heads/odd", sha)
    its = service(repository.path)
    tips = {branch.name: branch.tip for branch in graph.branches(its)}
    assert set(tips) == {"main", "odd"}
    assert [commit.sha for commit in graph.log(its, "odd")] == [tips["odd"].sha] == [sha]
    assert tips["odd"].subject == "odd"


def test_replaced_objects_are_not_believed(origin: Repository, graph: GitGraph) -> None:
    main, develop = origin.tip("main") or "", origin.tip("develop") or ""
    origin.git("replace", develop, main)
    its = service(origin.path)
    assert graph.commits(its, [develop])[develop].subject == "Try it"
    assert relation(graph, its, develop, main) == Ahead(1)


@pytest.mark.parametrize("named", [False, True], ids=["info/grafts", "GIT_GRAFT_FILE"])
def test_a_grafted_parent_is_not_believed(
    origin: Repository, graph: GitGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, named: bool
) -> None:
    main, develop = origin.tip("main") or "", origin.tip("develop") or ""
    its, file = service(origin.path), tmp_path / "grafts" if named else origin.path / "info/grafts"
    before = (graph.commits(its, [main]), graph.log(its, "main"), relation(graph, its, develop, main))
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{main} {develop}\n", encoding="ascii")
    if named:
        monkeypatch.setenv("GIT_GRAFT_FILE", str(file))
    grafted = origin.git("for-each-ref", f"--contains={develop}", "--format=%(refname)", GIT_GRAFT_FILE=str(file))
    assert grafted.split() == ["refs/heads/develop", "refs/heads/main"]
    assert graph.branches_containing(its, develop) == ("develop",)
    assert graph.contained_commits(its, "main", [develop]) == frozenset()
    assert (graph.commits(its, [main]), graph.log(its, "main"), relation(graph, its, develop, main)) == before


def test_a_graft_adds_no_word_to_what_git_says(origin: Repository) -> None:
    (origin.path / "info").mkdir(exist_ok=True)
    (origin.path / "info/grafts").write_text(f"{origin.tip('main')}\n", encoding="ascii")
    assert Git(origin.path, "orders").answer("rev-list", "--all").err == ""


def test_a_page_is_all_that_is_read_of_the_log(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    for number in range(5):
        repository.commit({"orders/a": str(number)}, f"{number}")
    repository.commit({}, "nothing changed")
    found = graph.log(service(repository.path, "orders", "orders/"), "main", skip=1, limit=2)
    assert [commit.subject for commit in found] == ["3", "2"]


def test_paths_are_names_and_not_patterns(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    sha = repository.commit({"a*": "1", "ab": "1", ":(top)x": "1"})
    found = graph.changed_files(service(repository.path, "s", "a*", ":(top)x"), None, sha)
    assert [change.path for change in found] == [":(top)x", "a*"]


def test_a_path_that_leaves_the_repository_is_refused(origin: Repository, graph: GitGraph) -> None:
    with pytest.raises(GitError, match="is not inside the repository"):
        graph.log(service(origin.path, "orders", "../other"), "main")


def test_a_rename_is_told_by_its_new_path(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    base = repository.commit({"old": "the same content\n"})
    head = repository.commit({"old": None, "new name": "the same content\n"})
    (change,) = graph.changed_files(service(repository.path), base, head)
    assert (change.status, change.path) == ("R", "new name")


def test_no_file_name_is_taken_for_a_commit(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r", bare=True)
    repository.git("config", "core.quotePath", "false")
    base = repository.commit({"svc/a": "1"})
    other = repository.commit({"b": "1"})
    head = repository.commit({f"svc/\x01{other} x": "1", f"svc/{other}": "1"})
    its = service(repository.path, "orders", "svc")
    assert relation(graph, its, head, base) == Ahead(1)
    assert [commit.sha for commit in graph.between(its, base, head)] == [head]


def test_a_submodule_that_git_is_told_to_ignore_is_still_a_change(tmp_path: Path, graph: GitGraph) -> None:
    repository = Repository(tmp_path / "r")
    settings = '[submodule "x"]\n path = svc/x\n url = ../x\n ignore = all\n'
    base = repository.commit({".gitmodules": settings, "svc/a": "1"})
    repository.git("read-tree", base)
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},svc/x")
    added = repository.git("commit-tree", repository.git("write-tree"), "-p", base, "-m", "Add x")
    head = repository.commit({"svc/a": "2"}, parents=(added,))
    (repository.path / ".gitmodules").write_text(settings)
    its = service(repository.path, "orders", "svc")
    assert relation(graph, its, head, base) == Ahead(2)
    assert [change.path for change in graph.changed_files(its, base, head)] == ["svc/a", "svc/x"]


# shallow and partial clones


def test_a_shallow_clone_counts_only_what_it_can_know(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    shallow = origin.clone(tmp_path / "shallow", "--depth=2", "--no-single-branch")
    main, develop, first = (origin.git("rev-parse", name) for name in ("main", "develop", "main~1"))
    its = service(shallow.path)
    assert relation(graph, its, develop, main) == Ahead(1)
    assert relation(graph, its, main, develop) == Behind(1)
    narrow = service(origin.clone(tmp_path / "narrow", "--depth=1", "--no-single-branch").path)
    found = relation(graph, narrow, develop, main)
    assert isinstance(found, Unknown)
    assert "shallow" in found.reason
    assert relation(graph, narrow, main, first) == Unknown(f"{first[:7]} is not in this clone")
    with pytest.raises(UsageError, match="--unshallow"):
        graph.resolve(narrow, first)


def test_looking_at_a_partial_clone_fetches_nothing(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    origin.git("config", "uploadpack.allowFilter", "true")
    clone = origin.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    before = folder_digest(clone.path)
    everything(graph, service(clone.path))
    assert folder_digest(clone.path) == before


# the user's repository is never written to


def test_the_users_repository_stays_as_it_is(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    clone = origin.clone(tmp_path / "clone")
    (clone.path / "handler.js").write_text("edited")
    (clone.path / "untracked").write_text("mine")
    clone.git("add", "untracked")
    before = folder_digest(clone.path)
    everything(graph, service(clone.path))
    assert folder_digest(clone.path) == before


def test_no_program_that_the_repository_names_is_run(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    clone, trap = origin.clone(tmp_path / "clone"), tmp_path / "trap"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {trap}\n")
    script.chmod(0o755)
    hooks = clone.path / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change"):
        (hooks / name).symlink_to(script)
    for key in ("core.fsmonitor", "core.pager", "diff.external", "gpg.program", "core.sshCommand"):
        clone.git("config", key, str(script))
    clone.git("config", "log.showSignature", "true")
    everything(graph, service(clone.path))
    assert not trap.exists()


def test_git_variables_of_a_caller_are_not_followed(
    origin: Repository, tmp_path: Path, graph: GitGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Repository(tmp_path / "other")
    other.commit({"a": "1"}, "Somewhere else")
    expected = graph.branches(service(origin.path))
    for name, value in {
        "GIT_DIR": str(other.path / ".git"),
        "GIT_WORK_TREE": str(other.path),
        "GIT_INDEX_FILE": str(tmp_path / "index"),
        "GIT_OBJECT_DIRECTORY": str(tmp_path / "objects"),
        "GIT_GLOB_PATHSPECS": "1",
        "GIT_NAMESPACE": "x",
    }.items():
        monkeypatch.setenv(name, value)
    assert graph.branches(service(origin.path)) == expected
    everything(graph, service(origin.path))


# repositories that cannot be read


def _missing(tmp_path: Path) -> Path:
    return tmp_path / "nowhere"


def _plain(tmp_path: Path) -> Path:
    (tmp_path / "plain").mkdir()
    return tmp_path / "plain"


def _file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("")
    return tmp_path / "file"


def _inner(tmp_path: Path) -> Path:
    repository = Repository(tmp_path / "r")
    repository.commit({"inner/a": "1"})
    repository.checkout()
    return repository.path / "inner"


def _sha256(tmp_path: Path) -> Path:
    (tmp_path / "new").mkdir()
    subprocess.run(["git", "init", "-q", "--object-format=sha256", str(tmp_path / "new")], check=True)
    return tmp_path / "new"


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (_missing, "the folder does not exist; correct `repo`"),
        (_plain, "it is not a git repository; correct `repo`"),
        (_file, "the folder does not exist"),
        (_inner, "it is the folder inner of a repository, not its root; name the root"),
        (_sha256, "its sha256 object names are not supported yet"),
    ],
)
def test_a_folder_that_is_no_repository_is_one_clear_line(
    make: Callable[[Path], Path], words: str, tmp_path: Path, graph: GitGraph
) -> None:
    folder = make(tmp_path)
    with pytest.raises(GitError, match=f"^{re.escape(str(folder))}: {re.escape(words)}") as error:
        graph.branches(service(folder))
    assert "\n" not in str(error.value)


@pytest.fixture
def unprivileged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A repository that this process reads without root's rights, as whoever it belongs to."""
    place, root = Path(tempfile.mkdtemp()), os.geteuid() == 0
    shutil.copytree(_inner(tmp_path).parent, place / "r", symlinks=True)
    monkeypatch.setenv("HOME", str(place))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(place))
    Git(place / "r", "r").read("status")  # what is imported by the first call may be root's
    if root:
        for item in (place, *place.rglob("*")):
            os.chown(item, UNPRIVILEGED, -1, follow_symlinks=False)
        os.setresuid(UNPRIVILEGED, UNPRIVILEGED, 0)
    try:
        yield place / "r"
    finally:
        if root:
            os.setresuid(0, 0, 0)
        shutil.rmtree(place)


@pytest.mark.parametrize("closed", ["..", ".", ".git", ".git/HEAD", ".git/config", ".git/objects", ".git/refs"])
def test_what_of_a_repository_cannot_be_read_is_named_with_the_reason(
    closed: str, unprivileged: Path, graph: GitGraph
) -> None:
    place = unprivileged.parent if closed == ".." else unprivileged / closed
    place.chmod(0)
    try:
        with pytest.raises(GitError) as error:
            graph.branches(service(unprivileged))
    finally:
        place.chmod(0o700)
    named, cause = (unprivileged, "it") if closed in {"..", "."} else (place, str(place))
    told = f"{cause} cannot be read: permission denied; make {named} readable for you"
    assert str(error.value) == f"{unprivileged}: {told}"


def test_a_repository_of_another_user_names_the_command_that_trusts_it(
    origin: Repository, graph: GitGraph, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    with pytest.raises(GitError, match=r"belongs to another user; .*--add safe.directory"):
        graph.branches(service(origin.path))


def test_a_missing_git_is_named(origin: Repository, graph: GitGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(GitError, match="git is not on the PATH; install git"):
        graph.branches(service(origin.path))


# mirrors of URLs


def test_a_url_is_mirrored_and_fetched_when_asked(origin: Repository, graph: GitGraph) -> None:
    its, first = service(origin.url), origin.tip("main")
    origin.tag("v1")
    assert [branch.name for branch in graph.branches(its)] == ["develop", "main"]
    assert graph.resolve(its, "v1") == graph.resolve(its, "main") == first
    second = origin.commit({"handler.js": "4"}, "Later")
    origin.git("update-ref", "-d", "refs/heads/develop")
    assert graph.resolve(its, "main") == first
    graph.fetch(its)
    assert [(branch.name, branch.tip.sha) for branch in graph.branches(its)] == [("main", second)]
    everything(graph, its)


def test_the_branches_of_a_folder_of_ones_own_are_fetched_only_when_that_is_asked(
    origin: Repository, tmp_path: Path, graph: GitGraph
) -> None:
    clone = origin.clone(tmp_path / "clone")
    clone.checkout()
    clone.git("branch", "mine")
    its, first = service(clone.path), origin.tip("main")
    second = origin.commit({"handler.js": "4"}, "Later")
    origin.git("update-ref", "-d", "refs/heads/develop")
    graph.fetch(its)
    assert {branch.name: branch.tip.sha for branch in graph.branches(its)}["main"] == first
    before = clone.git("status", "--porcelain", "--branch", "--untracked-files=all")
    graph.fetch(its, own=True)
    assert [(branch.name, branch.tip.sha) for branch in graph.branches(its)] == [("main", second)]
    assert clone.tip("mine") == first == clone.git("rev-parse", "HEAD")
    assert clone.git("status", "--porcelain", "--untracked-files=all") == "\n".join(before.split("\n")[1:])


def test_a_folder_without_a_remote_has_nothing_to_fetch(origin: Repository, graph: GitGraph) -> None:
    graph.fetch(service(origin.path), own=True)
    assert {branch.name for branch in graph.branches(service(origin.path))} == {"develop", "main"}


def test_a_bare_clone_keeps_its_own_branches(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    bare, first = origin.clone(tmp_path / "bare.git", "--bare"), origin.tip("main")
    origin.commit({"handler.js": "4"}, "Later")
    graph.fetch(service(bare.path), own=True)
    assert {branch.name: branch.tip.sha for branch in graph.branches(service(bare.path))}["main"] == first


def test_a_remote_of_ones_own_folder_that_is_gone_is_an_error(
    origin: Repository, tmp_path: Path, graph: GitGraph
) -> None:
    clone = origin.clone(tmp_path / "clone")
    origin.path.rename(origin.path.with_name("moved"))
    with pytest.raises(GitError, match=r"git fetch failed: .*; check the remote and your access"):
        graph.fetch(service(clone.path), own=True)


def test_a_mirror_is_private(origin: Repository, tmp_path: Path, graph: GitGraph) -> None:
    graph.branches(service(origin.url))
    (mirror,) = (path for path in (tmp_path / "cache/mirrors").iterdir() if path.is_dir())
    assert mirror.stat().st_mode & 0o777 == 0o700
    assert not [path for path in mirror.rglob("*") if path.stat().st_mode & 0o077]


def test_a_mirror_is_still_read_when_its_remote_is_gone(origin: Repository, graph: GitGraph) -> None:
    its = service(origin.url)
    before = graph.branches(its)
    origin.path.rename(origin.path.with_name("moved"))
    with pytest.raises(GitError, match=r"^file://.*: git fetch failed: .*; check the URL"):
        graph.fetch(its)
    assert graph.branches(its) == before


def test_a_first_fetch_that_fails_leaves_no_mirror(tmp_path: Path, graph: GitGraph) -> None:
    with pytest.raises(GitError, match="git fetch failed"):
        graph.branches(service(f"file://{tmp_path}/nowhere"))
    assert not [path for path in (tmp_path / "cache/mirrors").iterdir() if path.is_dir()]


@pytest.mark.parametrize("url", ["ext::sh -c touch% {trap}", "--upload-pack=touch {trap}", "-u{trap}"])
def test_a_url_cannot_run_a_command(url: str, tmp_path: Path, graph: GitGraph) -> None:
    trap = tmp_path / "trap"
    with pytest.raises(GitError):
        graph.branches(service(url.format(trap=trap)))
    assert not trap.exists()


def test_a_password_in_a_url_is_not_in_the_message(graph: GitGraph) -> None:
    with pytest.raises(GitError) as error:
        graph.branches(service("http://ana:hunter2secret@127.0.0.1:1/acme.git"))
    assert "hunter2secret" not in str(error.value)
    assert "127.0.0.1:1/acme.git" in str(error.value)


def test_a_fetch_that_hangs_is_killed_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script, note = tmp_path / "ssh", tmp_path / "pid"
    script.write_text(f"#!/bin/sh\necho $$ > {note}.new; mv {note}.new {note}\nexec sleep 300\n")
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    for seconds in (1, 4, 16, 64):  # until ssh has begun meanwhile
        graph = GitGraph(tmp_path / "cache", fetch_timeout=seconds)
        with pytest.raises(GitError, match=f"did not finish within {seconds} s"):
            graph.branches(service("ssh://127.0.0.1/acme.git"))
        if note.exists():
            break
    until(lambda: not alive(int(note.read_text())), "the child of git is gone")


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except FileNotFoundError:
        return Path("/proc").is_dir() is False and _signalled(pid)


def _signalled(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_threads_make_one_mirror_together(origin: Repository, tmp_path: Path) -> None:
    found: list[object] = []

    def read() -> None:
        try:
            found.append(GitGraph(tmp_path / "cache").resolve(service(origin.url), "main"))
        except PromoteError as error:
            found.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [origin.tip("main")] * 4
    assert len([path for path in (tmp_path / "cache/mirrors").iterdir() if path.is_dir()]) == 1


def test_the_same_tree_is_same_whatever_the_mirror(origin: Repository, graph: GitGraph) -> None:
    main = origin.tip("main") or ""
    assert relation(graph, service(origin.url), main, main) == Same()

"""Real work trees: private, apart from the user's, and mended when something broke them."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.worktrees.pool import WorkTrees
from promote_tui.core.errors import DeployError, GitError
from promote_tui.core.model.pipeline import DeploySettings
from promote_tui.core.package.package import Checkout
from promote_tui.ports import CheckoutRequest
from tests.support.repositories import Repository, folder_digest, service

if TYPE_CHECKING:
    from collections.abc import Callable

    from promote_tui.core.model.pipeline import Service

LATER = datetime.now(UTC) + timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Place:
    """A user's repository with a work tree, and our cache."""

    repository: Repository
    cache: Path
    log: Path

    @property
    def trees(self) -> WorkTrees:
        return WorkTrees(self.cache)

    @property
    def home(self) -> Path:
        (home,) = (path for path in (self.cache / "checkouts").iterdir() if path.is_dir())
        return home

    def service(self, path: str = "svc", **deploy: tuple[str, ...] | tuple[tuple[str, ...], ...]) -> Service:
        return service(self.repository.path, "orders", path, deploy=DeploySettings(**deploy))  # type: ignore[arg-type]  # a test's own settings

    def prepare(self, commit: str, owner: str = "plan", its: Service | None = None, stage: str = "dev") -> Checkout:
        return self.trees.prepare(CheckoutRequest(its or self.service(), stage, commit, owner, self.log))

    def child(self, code: str, *words: str) -> subprocess.Popen[bytes]:
        """Start a process with the names `trees`, `its`, `commit`, `owner` and `log`."""
        begin = (
            "import sys, time; from pathlib import Path; from promote_tui.adapters.worktrees.pool import WorkTrees;"
            "from promote_tui.ports import CheckoutRequest;"
            "from promote_tui.core.model.pipeline import DeploySettings;"
            "from tests.support.repositories import service;"
            "repo, cache, commit, owner = sys.argv[1:]; trees, log = WorkTrees(Path(cache)), Path(cache, owner);"
            "before = ('sh', '-c', 'sleep 0.2; date +%s%N > built');"
            "its = service(repo, 'orders', 'svc', deploy=DeploySettings(before=(before,)));"
        )
        self.cache.mkdir(exist_ok=True)
        argv = [sys.executable, "-c", begin + code, str(self.repository.path), str(self.cache), *words]
        return subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=Path(__file__).parents[4])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(Repository(tmp_path / "acme"), tmp_path / "cache", tmp_path / "log")


@pytest.fixture
def commit(place: Place) -> str:
    sha = place.repository.commit({"svc/serverless.yml": "service: orders\n", "svc/handler.js": "1", "top": "1"})
    place.repository.checkout()
    return sha


def trap(tmp_path: Path) -> tuple[Path, Path]:
    """Return a program and the file that it makes when somebody runs it."""
    program, sprung = tmp_path / "trap", tmp_path / "sprung"
    program.write_text(f"#!/bin/sh\ntouch {sprung}\ncat\n")
    program.chmod(0o755)
    return program, sprung


# apart from the user's


def test_the_users_repository_stays_as_it_is(place: Place, commit: str) -> None:
    (place.repository.path / "svc/.env.dev").write_text("TOKEN=1")
    (place.repository.path / "top").write_text("edited")
    before = folder_digest(place.repository.path)
    checkout = place.prepare(commit, its=place.service(files=(".env.{stage}",), before=(("touch", "built"),)))
    place.trees.digest(checkout)
    place.trees.keep("plan")
    place.trees.release("plan")
    place.trees.prune(LATER)
    assert folder_digest(place.repository.path) == before


def test_our_folders_are_private_and_the_files_are_as_in_a_fresh_clone(place: Place, commit: str) -> None:
    (place.repository.path / ".env").write_text("TOKEN=1")
    checkout = place.prepare(commit, its=place.service(files=(".env",)))
    for folder in (place.cache, place.cache / "checkouts", place.home, Path(checkout.root)):
        assert folder.stat().st_mode & 0o777 == 0o700, folder
    rights = {name: (Path(checkout.root) / name).stat().st_mode & 0o777 for name in ("top", "svc", ".env")}
    assert rights == {"top": 0o644, "svc": 0o755, ".env": 0o600}
    for record in place.home.glob("*.json"):
        assert record.stat().st_mode & 0o777 == 0o600
    assert sorted(record.name for record in place.home.glob("*.json")) == ["1.json", "trees.json"]


def test_a_url_is_checked_out_from_its_mirror(place: Place, commit: str) -> None:
    its = service(place.repository.url, "orders", "svc")
    checkout = place.prepare(commit, its=its)
    assert (Path(checkout.service) / "handler.js").read_text() == "1"


def test_a_shallow_clone_is_enough(place: Place, commit: str, tmp_path: Path) -> None:
    place.repository.commit({"svc/handler.js": "2"})
    tip = place.repository.commit({"svc/handler.js": "3"})
    shallow = place.repository.clone(tmp_path / "shallow", "--depth=1")
    its = service(shallow.path, "orders", "svc")
    checkout = place.prepare(tip, its=its)
    assert (Path(checkout.service) / "handler.js").read_text() == "3"
    history = subprocess.run(["git", "rev-list", "HEAD"], cwd=checkout.root, capture_output=True, text=True, check=True)
    assert history.stdout.split() == [tip]
    with pytest.raises(GitError, match="is not in this clone"):
        place.prepare(commit, its=its)


def test_a_partial_clone_that_lacks_files_says_so(place: Place, commit: str, tmp_path: Path) -> None:
    place.repository.git("config", "uploadpack.allowFilter", "true")
    partial = place.repository.clone(tmp_path / "partial", "--filter=blob:none", "--no-checkout")
    before = folder_digest(partial.path)
    with pytest.raises(GitError, match="is missing, as in a partial clone; clone it again without --filter"):
        place.prepare(commit, its=service(partial.path, "orders", "svc"))
    assert folder_digest(partial.path) == before


def test_no_hook_and_no_filter_of_the_users_is_run(place: Place, home: Path, tmp_path: Path) -> None:
    program, sprung = trap(tmp_path)
    commit = place.repository.commit({"svc/a": "1", ".gitattributes": "* filter=lfs\n"})
    for folder in (place.repository.path / ".git/hooks", home / "hooks"):
        folder.mkdir()
        (folder / "post-checkout").symlink_to(program)
    settings = (f"hooksPath = {home / 'hooks'}", f"fsmonitor = {program}")
    filters = (f"smudge = {program}", f"process = {program}", "required = true")
    (home / ".gitconfig").write_text("\n".join(("[core]", *settings, '[filter "lfs"]', *filters, "")))
    checkout = place.prepare(commit)
    place.trees.digest(checkout)
    place.trees.release("plan")
    assert not sprung.exists()


# what is not supported is said


def test_a_submodule_of_the_service_is_refused_and_another_ones_is_not(place: Place, commit: str) -> None:
    place.repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},svc/lib")
    place.repository.git("commit", "--quiet", "-m", "Add a submodule")
    tip = place.repository.tip("main") or ""
    with pytest.raises(DeployError, match="orders/dev: svc/lib is a submodule, which is not supported yet"):
        place.prepare(tip)
    other = place.repository.commit({"other/serverless.yml": "1"})
    assert place.prepare(other, its=place.service("other")).commit == other


def test_a_pointer_to_lfs_is_refused(place: Place) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"
    tip = place.repository.commit({"svc/model.bin": pointer})
    with pytest.raises(DeployError, match=r"svc/model\.bin is kept in Git LFS, which is not supported yet"):
        place.prepare(tip)


# broken work trees


def _link_in_its_place(root: Path, treasure: Path) -> None:
    subprocess.run(["mv", str(root), f"{root}.away"], check=True)
    root.symlink_to(treasure)


def _link_as_its_git(root: Path, treasure: Path) -> None:
    (root / ".git").unlink()
    (root / ".git").symlink_to(treasure / "file")


def _stale_lock(root: Path, _treasure: Path) -> None:
    (root.parent / "repo.git/worktrees" / root.name / "index.lock").write_text("")


def _broken_index(root: Path, _treasure: Path) -> None:
    (root.parent / "repo.git/worktrees" / root.name / "index").write_text("junk")


def _lost_repository(root: Path, _treasure: Path) -> None:
    subprocess.run(["rm", "-rf", str(root.parent / "repo.git")], check=True)


def _lost_tree(root: Path, _treasure: Path) -> None:
    subprocess.run(["rm", "-rf", str(root)], check=True)


def _file_in_its_place(root: Path, _treasure: Path) -> None:
    subprocess.run(["rm", "-rf", str(root)], check=True)
    root.write_text("in the way")


def _lost_commit(root: Path, _treasure: Path) -> None:
    (root.parent / "repo.git/worktrees" / root.name / "HEAD").write_text("f" * 40)


@pytest.mark.parametrize(
    "broken",
    [
        _link_in_its_place,
        _link_as_its_git,
        _stale_lock,
        _broken_index,
        _lost_repository,
        _lost_tree,
        _file_in_its_place,
        _lost_commit,
    ],
)
def test_a_broken_work_tree_is_made_again_and_a_link_is_never_followed(
    broken: Callable[[Path, Path], None], place: Place, commit: str, tmp_path: Path
) -> None:
    treasure = tmp_path / "treasure"
    treasure.mkdir()
    (treasure / "file").write_text("gold")
    before = folder_digest(treasure)
    root = Path(place.prepare(commit).root)
    place.trees.release("plan")
    broken(root, treasure)
    checkout = place.prepare(commit)
    assert checkout.root == str(root)
    assert not root.is_symlink()
    assert (root / "svc/handler.js").read_text() == "1"
    assert len(place.trees.digest(checkout)) == 64
    assert folder_digest(treasure) == before


def test_a_link_in_place_of_a_held_work_tree_is_not_read(place: Place, commit: str, tmp_path: Path) -> None:
    checkout = place.prepare(commit)
    _link_in_its_place(Path(checkout.root), tmp_path)
    with pytest.raises(GitError, match="the checkout is gone; plan again"):
        place.trees.digest(checkout)


def test_a_folder_that_is_not_ours_has_no_digest(place: Place, commit: str) -> None:
    with pytest.raises(GitError, match="it is not a checkout of ours"):
        place.trees.digest(Checkout(str(place.repository.path), str(place.repository.path), commit))


def test_a_record_that_cannot_be_read_says_what_to_do(place: Place, commit: str) -> None:
    place.prepare(commit)
    (place.home / "trees.json").write_text("{")
    with pytest.raises(GitError, match="the record of our checkouts cannot be read; when nothing is being promoted"):
        place.prepare(commit, "other")


# sharing


def test_processes_that_want_the_same_share_a_work_tree_that_one_of_them_prepares(place: Place, commit: str) -> None:
    code = "print(trees.prepare(CheckoutRequest(its, owner, commit, owner, log)).root)"
    children = [place.child(code, commit, f"plan-{number}") for number in range(3)]
    roots = {child.communicate(timeout=300)[0].decode().strip() for child in children}
    assert len(roots) == 1
    logs = [place.cache / f"plan-{number}" for number in range(3)]
    assert [log.read_text().count("$ sh -c") for log in logs if log.exists()] == [1]
    for number in range(2):
        place.trees.release(f"plan-{number}")
    (root,) = roots
    assert Path(root, "svc/built").exists()
    place.trees.release("plan-2")
    assert not Path(root, "svc/built").exists()


def test_processes_that_want_other_commits_never_share_a_work_tree(place: Place) -> None:
    commits = [place.repository.commit({"svc/handler.js": str(number)}) for number in range(3)]
    code = "print(trees.prepare(CheckoutRequest(its, 'dev', commit, owner, log)).root)"
    children = [place.child(code, commit, commit) for commit in commits]
    roots = [child.communicate(timeout=300)[0].decode().strip() for child in children]
    assert [Path(root, "svc/handler.js").read_text() for root in roots] == ["0", "1", "2"]


def test_a_stages_own_file_is_copied_for_that_stage_alone(place: Place, commit: str) -> None:
    for name in (".env.dev", ".env.prod"):
        (place.repository.path / name).write_text(name)
    its = place.service(files=(".env.{stage}",))
    dev, prod = (place.prepare(commit, stage, its, stage) for stage in ("dev", "prod"))
    assert dev.root != prod.root
    assert [path.name for path in Path(prod.root).glob(".env*")] == [".env.prod"]
    assert place.prepare(commit, "again", its, "prod") == prod
    (place.repository.path / ".env.prod").write_text("changed")
    assert place.prepare(commit, "changed", its, "prod").root not in {dev.root, prod.root}


def test_what_the_commands_are_told_is_part_of_what_they_make(
    place: Place, commit: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    its = place.service(pass_env=("MODE",))
    monkeypatch.setenv("MODE", "fast")
    first = place.prepare(commit, "first", its)
    assert place.prepare(commit, "second", its) == first
    monkeypatch.setenv("MODE", "slow")
    assert place.prepare(commit, "third", its).root != first.root


def test_nobody_works_where_a_process_died_until_its_plan_is_given_back(place: Place, commit: str) -> None:
    its = place.service(before=(("sh", "-c", "sleep 0.2; date +%s%N > built"),))
    code = (
        "found = trees.prepare(CheckoutRequest(its, 'dev', commit, owner, log)); print(found.root, flush=True);"
        "sys.stdin.readline();"
        "entered = trees.alone(found, owner, lambda: None); entered.__enter__();"
        "Path(found.service, 'left').touch(); print('entered', flush=True); time.sleep(600)"
    )
    died = place.child(code, commit, "died")
    assert died.stdin
    assert died.stdout
    root = died.stdout.readline().decode().strip()
    shared = place.prepare(commit, "lives", its)
    assert shared.root == root
    died.stdin.write(b"\n")
    died.stdin.flush()
    assert died.stdout.readline() == b"entered\n"
    died.kill()
    died.communicate()
    with (
        pytest.raises(DeployError, match="a process died in it, and the deployer that it started may still run"),
        place.trees.alone(shared, "lives", lambda: None),
    ):
        pytest.fail("entered")
    assert place.prepare(commit, "later", its).root != root
    place.trees.release("died")
    with place.trees.alone(shared, "lives", lambda: None):
        assert not (Path(root) / "svc/left").exists()
        assert (Path(root) / "svc/built").exists()


def test_a_build_that_packaging_changed_serves_nobody_else(place: Place, commit: str) -> None:
    its = place.service(before=(("sh", "-c", "echo 1 > built"),))
    shared = place.prepare(commit, "to-dev", its)
    place.prepare(commit, "to-prod", its, "prod")
    with place.trees.alone(shared, "to-dev", lambda: None):
        (Path(shared.service) / "built").write_text("of dev")
    place.trees.release("to-dev")
    with pytest.raises(DeployError, match="left files in it"), place.trees.alone(shared, "to-prod", lambda: None):
        pytest.fail("entered")


# what a plan leaves behind


def test_release_removes_secrets_and_builds_at_once(place: Place, commit: str) -> None:
    (place.repository.path / ".env").write_text("TOKEN=canary")
    (place.repository.path / "top").write_text("TOKEN=canary")
    its = place.service(files=(".env", "top"), before=(("sh", "-c", "echo canary > built"),))
    root = Path(place.prepare(commit, its=its).root)
    assert (root / "svc/built").exists()
    assert (root / ".env").read_text() == (root / "top").read_text() == "TOKEN=canary"
    place.trees.release("plan")
    assert not [path for path in root.rglob("*") if path.is_file() and b"canary" in path.read_bytes()]


def test_pruning_empties_what_expired_and_names_what_belonged_to_nobody(place: Place, commit: str) -> None:
    (place.repository.path / ".env").write_text("TOKEN=1")
    root = Path(place.prepare(commit, its=place.service(files=(".env",))).root)
    (place.home / "7").mkdir()
    half = place.cache / "mirrors" / f"{'0' * 16}.{'1' * 8}"
    half.mkdir(parents=True)
    name = place.repository.path
    assert place.trees.prune(LATER) == (
        "1 unfinished mirror",
        f"a checkout of {name}, whose plan expired",
        f"a checkout of {name} that belonged to nobody",
    )
    assert not (root / ".env").exists()
    assert not half.exists()
    assert place.trees.prune(LATER) == ()


def test_pruning_removes_the_checkouts_of_a_repository_that_is_gone(place: Place, commit: str) -> None:
    place.prepare(commit)
    home = place.home
    place.repository.path.rename(place.repository.path.with_name("moved"))
    assert place.trees.prune(datetime.now(UTC)) == ()
    place.trees.release("plan")
    (word,) = place.trees.prune(datetime.now(UTC))
    assert word.endswith("which is no longer there")
    assert not home.exists()


# the digest


def _edited(root: Path) -> None:
    (root / "svc/handler.js").write_text("2")


def _executable(root: Path) -> None:
    (root / "svc/handler.js").chmod(0o755)


def _only_in_the_index(root: Path) -> None:
    _edited(root)
    subprocess.run(["git", "add", "."], cwd=root, check=True)
    (root / "svc/handler.js").write_text("1")


def _a_link_instead(root: Path) -> None:
    (root / "svc/handler.js").unlink()
    (root / "svc/handler.js").symlink_to("elsewhere")


def _another_commit(root: Path) -> None:
    words = ("-c", "user.name=a", "-c", "user.email=a@x", "commit", "--quiet", "--allow-empty", "-m", "x")
    subprocess.run(["git", *words], cwd=root, check=True)


def _copied_file(root: Path) -> None:
    (root / ".env").write_text("TOKEN=2")


@pytest.mark.parametrize(
    "change", [_edited, _executable, _only_in_the_index, _a_link_instead, _another_commit, _copied_file]
)
def test_the_digest_tells_of_the_commit_the_index_the_files_and_the_copied_ones(
    change: Callable[[Path], None], place: Place, commit: str
) -> None:
    (place.repository.path / ".env").write_text("TOKEN=1")
    checkout = place.prepare(commit, its=place.service(files=(".env",)))
    before = place.trees.digest(checkout)
    (Path(checkout.root) / "untracked").write_text("1")
    assert place.trees.digest(checkout) == before
    change(Path(checkout.root))
    assert place.trees.digest(checkout) != before


# deploy.files


def test_a_file_is_looked_for_in_the_services_folder_and_then_at_the_root(place: Place, commit: str) -> None:
    path = place.repository.path
    for name in ("svc/.env.dev", ".env.dev", "secrets/orders.json"):
        (path / name).parent.mkdir(exist_ok=True)
        (path / name).write_text(name)
    its = place.service(files=(".env.{stage}", "secrets/{service}.json"))
    root = Path(place.prepare(commit, its=its).root)
    assert (root / "svc/.env.dev").read_text() == "svc/.env.dev"
    assert (root / "secrets/orders.json").read_text() == "secrets/orders.json"
    assert not (root / ".env.dev").exists()


@pytest.mark.parametrize("name", ["../../outside", "/etc/hostname", "link", "folder", "linked/file", ".git/config"])
def test_only_plain_files_inside_the_repository_are_copied(name: str, place: Place, commit: str) -> None:
    path = place.repository.path
    (path.parent / "outside").write_text("secret")
    (path.parent / "elsewhere").mkdir()
    (path.parent / "elsewhere/file").write_text("secret")
    (path / "link").symlink_to(path / "top")
    (path / "linked").symlink_to(path.parent / "elsewhere")
    (path / "folder").mkdir()
    with pytest.raises(DeployError, match=r"^orders/dev: deploy\.files: ") as error:
        place.prepare(commit, its=place.service(files=(name,)))
    assert "\n" not in str(error.value)


def test_a_link_in_the_commit_leads_no_copy_out_of_the_checkout(place: Place, commit: str, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    place.repository.git("checkout", "--quiet", "-b", "links")
    (place.repository.path / "conf").symlink_to(out)
    (place.repository.path / "one").symlink_to(out / "one")
    place.repository.git("add", ".")
    place.repository.git("commit", "--quiet", "-m", "Add links")
    tip = place.repository.tip("links") or ""
    place.repository.checkout(commit)
    (place.repository.path / "conf").mkdir()
    (place.repository.path / "conf/token").write_text("secret")
    (place.repository.path / "one").write_text("secret")
    with pytest.raises(DeployError, match="a link in the commit leads out"):
        place.prepare(tip, its=place.service(files=("conf/token",)))
    root = Path(place.prepare(tip, its=place.service(files=("one",))).root)
    assert (root / "one").read_text() == "secret"
    assert not list(out.iterdir())


def test_a_url_has_no_files_to_copy(place: Place, commit: str) -> None:
    its = service(place.repository.url, "orders", "svc", deploy=DeploySettings(files=(".env",)))
    with pytest.raises(DeployError, match="cannot be copied from a repository that is a URL"):
        place.prepare(commit, its=its)

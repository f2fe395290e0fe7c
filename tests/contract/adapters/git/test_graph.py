"""What holds for every CommitGraph: the one on real git, and the fake that stands for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.git.graph import GitGraph
from promote_tui.core.errors import GitError, UsageError
from promote_tui.core.git.commits import FileDetail, Search
from promote_tui.core.git.relation import Ahead, Behind, Diverged, Pair, Relation, Same, Unknown
from promote_tui.core.model.commit_names import NamedCommits
from promote_tui.core.model.pipeline import FileChange, Service
from promote_tui.core.text import short
from promote_tui.ports import CommitGraph
from tests.support.fakes.git import FakeGraph, FakeRepository
from tests.support.repositories import Repository, service

if TYPE_CHECKING:
    from pathlib import Path

NOBODY = "f" * 40


@dataclass(frozen=True, slots=True)
class World:
    """A repository to build in, the graph that reads it, and a service at orders/ with libs/ shared."""

    history: Repository | FakeRepository
    graph: CommitGraph
    orders: Service

    def relation(self, commit: str, against: str) -> Relation:
        pair = Pair(self.orders, commit, against)
        return self.graph.relations([pair])[pair]


@pytest.fixture(params=["fake", "real"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    repo = tmp_path / "acme.git"
    orders = service(repo, "orders", "orders", "libs/")
    if request.param == "fake":
        fake = FakeRepository()
        return World(fake, FakeGraph({str(repo): fake}), orders)
    return World(Repository(repo, bare=True), GitGraph(tmp_path / "cache"), orders)


def test_every_kind_of_revision_resolves_to_the_full_hash(world: World) -> None:
    first = world.history.commit({"orders/a": "1"}, "Begin")
    second = world.history.commit({"orders/a": "2"}, "Go on")
    world.history.branch("feature/refunds", first)
    world.history.tag("v1", first)
    for revision, expected in {
        "main": second,
        "main~1": first,
        "feature/refunds": first,
        "v1": first,
        second: second,
        second[:10]: second,
    }.items():
        assert world.graph.resolve(world.orders, revision) == expected, revision


@pytest.mark.parametrize("revision", ["nobody", "main~5", NOBODY, "", "-x", "fffffff"])
def test_a_revision_that_names_nothing_is_a_usage_error(world: World, revision: str) -> None:
    world.history.commit({"orders/a": "1"})
    with pytest.raises(UsageError) as error:
        world.graph.resolve(world.orders, revision)
    assert error.value.subject == "orders"


def test_a_name_of_a_stacks_means_the_commit_that_it_was_made_of(world: World) -> None:
    first = world.history.commit({"orders/a": "1"}, "Begin")
    second = world.history.commit({"orders/a": "2"}, "Go on")
    world.history.tag("v1.2.3", first)
    world.history.tag("@acme/orders@2.0.0", second)
    by_hash = {
        first[:7]: first,
        first[:12].upper(): first,
        f"v1.2.3-1-g{second[:7]}": second,
        f"feature/refunds@{second[:8]}": second,
        f"feature/refunds@{second}": second,
    }
    by_tag = {"v1.2.3": first, "@acme/orders@2.0.0": second}
    found = world.graph.commits_named(world.orders, [*by_hash, *by_tag])
    assert found == {name: NamedCommits((sha,)) for name, sha in by_hash.items()} | {
        name: NamedCommits((sha,), by_tag=True) for name, sha in by_tag.items()
    }


def test_what_names_no_commit_for_good_means_none(world: World) -> None:
    """Neither a branch, nor the clone's own state, nor an expression, nor an option, nor code with changes on top."""
    first = world.history.commit({"orders/a": "1"}, "Begin")
    world.history.commit({"orders/a": "2"}, "Go on")
    world.history.branch("develop", first)
    world.history.branch("fffffff", first)
    world.history.tag("v1", first)
    names = ("main", "develop", "fffffff", "HEAD", "@", "@{-1}", "main@{1}", "main~1", "v1^", ":/Begin", "--all", "")
    hostile = (
        "--upload-pack=touch /tmp/x",
        "-h",
        "refs/heads/main",
        "heads/main",
        "tags/v1",
        "v1\n--all",
        "v*",
        "../v1",
    )
    untrue = (
        f"{first}-dirty",
        f"{first[:7]}-dirty",
        f"v1-3-g{first[:7]}-dirty",
        "v1-dirty",
        first[:6],
        f"x{first[:7]}",
    )
    urls = (f"https://example.com/commit/{first}", f"s3://bucket/{first[:7]}", f"{first[:7]} (main)")
    assert world.graph.commits_named(world.orders, [*names, *hostile, *untrue, *urls]) == {}


def test_a_name_that_fits_two_commits_means_both(world: World) -> None:
    first = world.history.commit({"orders/a": "1"}, "Begin")
    second = world.history.commit({"orders/a": "2"}, "Go on")
    world.history.tag(first[:7], second)
    assert world.graph.commits_named(world.orders, [first[:7]]) == {first[:7]: NamedCommits((first, second))}


def test_commits_are_described_and_unknown_ones_left_out(world: World) -> None:
    at = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
    first = world.history.commit({"orders/a": "1"}, "Begin")
    sha = world.history.commit({"orders/a": "2"}, "Fix rounding\n\nLong story.", author="joe <joe@x>", at=at)
    found = world.graph.commits(world.orders, [sha, NOBODY, "a81be07-dirty", ""])
    assert list(found) == [sha]
    commit = found[sha]
    assert (commit.subject, commit.author, commit.authored_at) == ("Fix rounding", "joe", at)
    assert commit.parents == (first,)


def test_branches_come_newest_first(world: World) -> None:
    first = world.history.commit({"orders/a": "1"})
    world.history.branch("feature/x", first)
    last = world.history.commit({"orders/a": "2"}, branch="feature/x")
    found = world.graph.branches(world.orders)
    assert [(branch.name, branch.tip.sha) for branch in found] == [("feature/x", last), ("main", first)]


def test_the_default_branch_is_the_one_that_is_named_so(world: World) -> None:
    world.history.commit({"orders/a": "1"})
    world.history.branch("v3")
    assert world.graph.default_branch(world.orders) == "main"
    world.history.name_default("v3")
    assert world.graph.default_branch(world.orders) == "v3"


def test_a_default_branch_that_is_not_there_is_none(world: World) -> None:
    world.history.commit({"orders/a": "1"})
    world.history.name_default("gone")
    assert world.graph.default_branch(world.orders) is None


def test_branches_without_a_remote_are_no_remotes(world: World) -> None:
    world.history.commit({"orders/a": "1"})
    assert not world.graph.tracks_remote(world.orders)


@pytest.fixture(params=["fake", "real"])
def unfetched(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    """A repository with a commit, and with a remote that was added and never fetched."""
    repo = tmp_path / "acme"
    orders = service(repo, "orders", "orders", "libs/")
    if request.param == "fake":
        fake = FakeRepository(remote=True, fetched=False)
        return World(fake, FakeGraph({str(repo): fake}), orders)
    real = Repository(repo)
    real.git("remote", "add", "origin", str(tmp_path / "origin.git"))
    return World(real, GitGraph(tmp_path / "cache"), orders)


def test_a_remote_that_was_never_fetched_is_named_with_git_fetch(unfetched: World) -> None:
    commit = unfetched.history.commit({"orders/a": "1"})
    repo = unfetched.orders.repo
    never = f"its remote origin has no branch here: never fetched, or empty; run `git fetch origin` in {repo}"
    with pytest.raises(GitError) as branches:
        unfetched.graph.branches(unfetched.orders)
    with pytest.raises(GitError) as containing:
        unfetched.graph.branches_containing(unfetched.orders, commit)
    assert str(branches.value) == str(containing.value) == f"{repo}: {never}"
    assert unfetched.graph.default_branch(unfetched.orders) is None


def test_the_branches_that_hold_a_commit_are_named(world: World) -> None:
    first = world.history.commit({"orders/a": "1"})
    world.history.branch("feature/x", first)
    other = world.history.commit({"orders/b": "1"}, branch="feature/x")
    assert world.graph.branches_containing(world.orders, first) == ("feature/x", "main")
    assert world.graph.branches_containing(world.orders, other) == ("feature/x",)
    assert world.graph.branches_containing(world.orders, NOBODY) == ()


def test_the_log_has_the_services_commits_in_pages(world: World) -> None:
    for number in range(4):
        world.history.commit({"orders/a": str(number)}, f"orders {number}")
        world.history.commit({"billing/a": str(number)}, f"billing {number}")
    world.history.commit({"libs/a": "1"}, "shared")

    def page(skip: int, limit: int) -> list[str]:
        return [commit.subject for commit in world.graph.log(world.orders, "main", skip=skip, limit=limit)]

    assert page(0, 2) == ["shared", "orders 3"]
    assert page(2, 50) == ["orders 2", "orders 1", "orders 0"]
    assert page(5, 50) == []


def test_between_two_commits_stand_the_services_commits_that_one_lacks(world: World) -> None:
    base = world.history.commit({"orders/a": "1"}, "Begin")
    world.history.branch("feature/x", base)
    world.history.commit({"orders/b": "1"}, "Feature", branch="feature/x")
    world.history.commit({"billing/a": "1"}, "Billing")
    head = world.history.merge("feature/x", "Merge it")

    def subjects(start: str | None, end: str, limit: int = 200) -> list[str]:
        return [commit.subject for commit in world.graph.between(world.orders, start, end, limit=limit)]

    assert subjects(base, head) == ["Feature"]
    assert subjects(None, head) == ["Feature", "Begin"]
    assert subjects(None, head, 1) == ["Feature"]
    assert subjects(head, base) == []
    with pytest.raises(GitError, match="fffffff is not in this clone"):
        subjects(NOBODY, head)


def test_relations_count_the_services_commits_on_each_side(world: World) -> None:
    base = world.history.commit({"orders/a": "1", "billing/a": "1"}, "Begin")
    world.history.branch("feature/x", base)
    feature = world.history.commit({"orders/b": "1"}, branch="feature/x")
    elsewhere = world.history.commit({"billing/a": "2"})
    ahead = world.history.commit({"libs/a": "1"})
    table: list[tuple[str, str, Relation]] = [
        (base, base, Same()),
        (elsewhere, base, Same()),
        (ahead, base, Ahead(1)),
        (base, ahead, Behind(1)),
        (feature, ahead, Diverged(1, 1)),
    ]
    pairs = [Pair(world.orders, commit, against) for commit, against, _ in table]
    found = world.graph.relations(pairs)
    assert [found[pair] for pair in pairs] == [relation for *_, relation in table]


def test_a_merge_commit_with_the_same_tree_is_the_same_code(world: World) -> None:
    base = world.history.commit({"orders/a": "1"})
    world.history.branch("feature/x", base)
    feature = world.history.commit({"orders/b": "1"}, branch="feature/x")
    merged = world.history.merge("feature/x")
    assert world.relation(merged, feature) == Same()
    trees = world.graph.service_trees(world.orders, [merged, feature, base])
    assert trees[merged] == trees[feature] != trees[base]


def test_merges_of_releases_are_no_drift(world: World) -> None:
    """Main has three merges that develop lacks, and each brings only what develop has."""
    world.history.commit({"orders/a": "0", "billing/a": "0"}, "Begin")
    world.history.branch("develop")
    for number in "123":
        world.history.commit({"orders/a": number}, branch="develop")
        world.history.commit({"orders/b": number, "billing/a": number}, branch="develop")
        released = world.history.merge("develop", f"Release {number}")
    develop = world.history.tip("develop") or ""
    assert world.relation(released, develop) == Same()
    assert world.graph.between(world.orders, develop, released) == ()
    new = world.history.commit({"orders/a": "4"}, branch="develop")
    assert world.relation(released, new) == Behind(1)
    assert world.relation(new, released) == Ahead(1)
    assert [commit.sha for commit in world.graph.between(world.orders, released, new)] == [new]
    assert world.graph.between(world.orders, new, released) == ()
    assert world.graph.log(world.orders, "main")[0].subject == "Release 3"


def test_a_merge_of_two_sides_of_the_service_is_not_counted(world: World) -> None:
    """Its tree is like none of its parents', and yet every file is like one of them."""
    world.history.commit({"orders/a": "1"})
    world.history.branch("feature/x")
    feature = world.history.commit({"orders/b": "1"}, branch="feature/x")
    main = world.history.commit({"orders/a": "2"})
    merged = world.history.merge("feature/x")
    assert world.relation(merged, main) == Ahead(1)
    assert [commit.sha for commit in world.graph.between(world.orders, main, merged)] == [feature]


@pytest.mark.parametrize("content", ["4", None])
def test_a_merge_with_content_of_its_own_is_counted(content: str | None, world: World) -> None:
    world.history.commit({"orders/a": "1"})
    world.history.branch("feature/x")
    feature = world.history.commit({"orders/a": "2"}, branch="feature/x")
    main = world.history.commit({"orders/a": "3"})
    merged = world.history.commit({"orders/a": content}, parents=(main, feature))
    assert world.relation(merged, main) == Ahead(2)
    assert [commit.sha for commit in world.graph.between(world.orders, main, merged)] == [merged, feature]


def test_a_merge_that_drops_a_change_is_counted_where_nothing_else_explains_the_trees(world: World) -> None:
    base = world.history.commit({"orders/a": "1"})
    fix = world.history.commit({"orders/a": "2"})
    world.history.branch("side", base)
    side = world.history.commit({"billing/a": "1"}, branch="side")
    dropped = world.history.commit({}, branch="side", parents=(side, fix))
    assert world.relation(dropped, fix) == Ahead(1)
    assert world.relation(fix, dropped) == Behind(1)
    assert [commit.sha for commit in world.graph.between(world.orders, fix, dropped)] == [dropped]
    assert world.graph.between(world.orders, dropped, fix) == ()
    later = world.history.commit({"orders/b": "1"}, branch="side")
    assert world.relation(later, fix) == Ahead(1)
    assert [commit.sha for commit in world.graph.between(world.orders, fix, later)] == [later]


@pytest.mark.parametrize("commit", [NOBODY, "a81be07-dirty", "", "latest", "--all", "A" * 40])
def test_a_commit_that_the_clone_lacks_is_unknown(world: World, commit: str) -> None:
    known = world.history.commit({"orders/a": "1"})
    for relation in (world.relation(commit, known), world.relation(known, commit)):
        expected = short(commit) if commit == NOBODY else commit
        assert isinstance(relation, Unknown)
        assert relation.reason.lower() in {
            f"{expected} is not in this clone".lower(),
            f"{short(commit)} is not in this clone".lower(),
        }


def test_histories_without_a_common_commit_are_unknown(world: World) -> None:
    one = world.history.commit({"orders/a": "1"})
    other = world.history.commit({"orders/a": "2"}, branch="pages", parents=())
    assert world.relation(one, other) == Unknown(f"{one[:7]} and {other[:7]} have no common history")


def test_a_repository_that_is_gone_makes_its_own_pairs_unknown(world: World, tmp_path: Path) -> None:
    commit = world.history.commit({"orders/a": "1"})
    lost = Pair(service(tmp_path / "nowhere"), commit, commit)
    fine = Pair(world.orders, commit, commit)
    found = world.graph.relations([lost, fine])
    assert found[fine] == Same()
    assert "the folder does not exist" in getattr(found[lost], "reason", "")


def test_the_tree_of_a_service_is_its_paths_and_shared_paths(world: World) -> None:
    base = world.history.commit({"orders/a": "1", "libs/a": "1", "billing/a": "1"})
    elsewhere = world.history.commit({"billing/a": "2"})
    shared = world.history.commit({"libs/a": "2"})
    back = world.history.commit({"libs/a": "1"})
    trees = world.graph.service_trees(world.orders, [base, elsewhere, shared, back, NOBODY, "junk"])
    assert trees[base] == trees[elsewhere] == trees[back] != trees[shared]
    assert set(trees) == {base, elsewhere, shared, back}


def test_changed_files_are_those_of_the_service(world: World) -> None:
    base = world.history.commit({"orders/a": "1", "orders/b": "1", "billing/a": "1"})
    head = world.history.commit({"orders/a": "2", "orders/b": None, "orders/c": "3", "billing/a": "2"})
    assert world.graph.changed_files(world.orders, base, head) == (
        FileChange("M", "orders/a"),
        FileChange("D", "orders/b"),
        FileChange("A", "orders/c"),
    )
    assert world.graph.changed_files(world.orders, None, base) == (
        FileChange("A", "orders/a"),
        FileChange("A", "orders/b"),
    )
    with pytest.raises(GitError, match="is not in this clone"):
        world.graph.changed_files(world.orders, NOBODY, head)


def test_a_search_wants_all_words_of_the_message_and_one_of_the_authors(world: World) -> None:
    world.history.commit({"orders/a": "1"}, "Fix rounding\n\nThe 409 of the provider.", author="joe <joe@x>")
    world.history.commit({"orders/a": "2"}, "Fix [WIP] refunds", author="ana <ana@x>")
    world.history.commit({"orders/a": "3"}, "Retry on 409", author="lea <lea@x>")
    world.history.commit({"billing/a": "3"}, "Fix billing", author="lea <lea@x>")

    def found(*words: str, who: tuple[str, ...] = (), limit: int = 50) -> list[str]:
        search = Search(words, who)
        return [commit.subject for commit in world.graph.log(world.orders, "main", limit=limit, search=search)]

    assert found("fix") == ["Fix [WIP] refunds", "Fix rounding"]
    assert found("fix", limit=1) == ["Fix [WIP] refunds"]
    assert found("FIX", "409") == ["Fix rounding"]
    assert found("[wip]") == ["Fix [WIP] refunds"]
    assert found(".*") == found("fix", "retry") == found("--all") == []
    assert found("409", who=("LEA", "ana")) == ["Retry on 409"]
    assert found(who=("joe", "lea")) == ["Retry on 409", "Fix rounding"]


def test_commits_are_counted_those_of_other_services_too(world: World) -> None:
    world.history.commit({"orders/a": "1"})
    world.history.commit({"billing/a": "1"})
    assert world.graph.count(world.orders, "main") == 2


def test_what_a_branch_has_is_told_from_what_it_lacks(world: World) -> None:
    first = world.history.commit({"orders/a": "1"})
    world.history.branch("feature/x", first)
    other = world.history.commit({"orders/b": "1"}, branch="feature/x")
    assert world.graph.contained_commits(world.orders, "main", [first, other, NOBODY]) == {first}
    assert world.graph.contained_commits(world.orders, "feature/x", [first, other]) == {first, other}


def test_a_commit_is_shown_with_its_message_and_its_files(world: World) -> None:
    base = world.history.commit({"orders/a": "1\n2\n", "orders/b": "1\n", "billing/a": "1\n"}, "Begin")
    head = world.history.commit(
        {"orders/a": "1\n3\n4\n", "orders/b": None, "libs/c": "new\n", "billing/a": "2\n"}, "Go on\n\nFor a\nreason.\n"
    )
    found = world.graph.detail(world.orders, head)
    assert (found.commit.sha, found.commit.subject, found.body) == (head, "Go on", "For a\nreason.")
    assert (found.base, found.total, found.edge) == (base, 3, False)
    assert found.files == (
        FileDetail("A", "libs/c", 1, 0, shared=True),
        FileDetail("M", "orders/a", 2, 1, shared=False),
        FileDetail("D", "orders/b", 0, 1, shared=False),
    )
    first = world.graph.detail(world.orders, base)
    assert (first.base, [file.path for file in first.files]) == (None, ["orders/a", "orders/b"])
    with pytest.raises(GitError, match="is not in this clone"):
        world.graph.detail(world.orders, NOBODY)


def test_bodies_are_what_stands_behind_the_subjects(world: World) -> None:
    plain = world.history.commit({"orders/a": "1"}, "Begin")
    told = world.history.commit({"orders/a": "2"}, "Go on\n\nFor a\nreason.\n\nBREAKING CHANGE: all\n")
    found = world.graph.bodies(world.orders, [told, plain, NOBODY, "main"])
    assert found == {told: "For a\nreason.\n\nBREAKING CHANGE: all", plain: ""}
    assert world.graph.bodies(world.orders, []) == {}


def test_a_merge_is_compared_with_its_first_parent(world: World) -> None:
    base = world.history.commit({"orders/a": "1\n"})
    world.history.branch("feature/x", base)
    world.history.commit({"orders/b": "1\n"}, branch="feature/x")
    ours = world.history.commit({"orders/c": "1\n"})
    found = world.graph.detail(world.orders, world.history.merge("feature/x"))
    assert (found.base, [file.path for file in found.files]) == (ours, ["orders/b"])


def test_a_patch_has_the_services_files_and_says_when_it_was_cut(world: World) -> None:
    base = world.history.commit({"orders/a": "1\n", "libs/b": "1\n", "billing/a": "1\n"})
    head = world.history.commit({"orders/a": "2\n", "libs/b": "2\n", "billing/a": "2\n"})

    def patch(start: str | None, path: str | None = None, limit: int = 9999) -> list[str]:
        found = world.graph.patch(world.orders, start, head, path, limit)
        assert not found.cut
        return [row for row in found.text.splitlines() if row[:1] in "+-"]

    assert patch(base) == ["--- a/libs/b", "+++ b/libs/b", "-1", "+2", "--- a/orders/a", "+++ b/orders/a", "-1", "+2"]
    assert patch(base, "orders/a") == ["--- a/orders/a", "+++ b/orders/a", "-1", "+2"]
    assert [row for row in patch(None, "orders/a") if row[1] != row[0]] == ["+2"]
    cut = world.graph.patch(world.orders, base, head, None, 60)
    assert cut.cut
    assert cut.text.endswith("\n")
    assert 0 < len(cut.text) <= 60
    with pytest.raises(GitError, match="is not in this clone"):
        world.graph.patch(world.orders, NOBODY, head, None, 60)


def test_each_file_is_told_with_the_commits_that_changed_it(world: World) -> None:
    base = world.history.commit({"orders/a": "1\n", "orders/odd näme": "1\n"})
    second = world.history.commit({"orders/a": "2\n", "libs/b": "1\n", "billing/a": "1\n"})
    world.history.branch("feature/x", second)
    side = world.history.commit({"orders/c": "1\n"}, branch="feature/x")
    third = world.history.commit({"orders/a": None, "orders/odd näme": "2\n"})
    head = world.history.merge("feature/x")
    found = world.graph.paths_with_commits(world.orders, base, head)
    assert dict(found) == {
        "orders/a": (third, second),
        "libs/b": (second,),
        "orders/c": (side,),
        "orders/odd näme": (third,),
    }
    assert world.graph.paths_with_commits(world.orders, head, base) == {}
    assert world.graph.paths_with_commits(world.orders, None, head)["orders/a"] == (third, second, base)
    with pytest.raises(GitError, match="is not in this clone"):
        world.graph.paths_with_commits(world.orders, NOBODY, head)


def test_files_are_read_as_they_were_in_a_commit(world: World) -> None:
    first = world.history.commit({"orders/a.yml": "one\n", "other/odd näme.yml": "two\n", "orders/twin.yml": "one\n"})
    second = world.history.commit({"orders/a.yml": "three\n", "orders/empty.yml": "", "orders/large.yml": "x" * 101})
    texts = world.graph.texts
    assert texts(world.orders, first, ["orders/a.yml", "orders/twin.yml", "orders/empty.yml"], 100) == {
        "orders/a.yml": "one\n",
        "orders/twin.yml": "one\n",
    }
    assert texts(
        world.orders, second, ["orders/large.yml", "other/odd näme.yml", "orders/empty.yml", "orders/a.yml"], 100
    ) == {"other/odd näme.yml": "two\n", "orders/empty.yml": "", "orders/a.yml": "three\n"}
    nothing = ["orders", "orders/", "orders/none.yml", "../orders/a.yml", "/etc/passwd", "orders/../orders/a.yml", ""]
    assert texts(world.orders, second, [*nothing, "orders/*.yml", ":(top)orders/a.yml", "-r", "a\0b"], 100) == {}
    with pytest.raises(GitError, match="is not in this clone"):
        texts(world.orders, NOBODY, ["orders/a.yml"], 100)


def test_who_commits_here_is_known_by_name_and_address(world: World) -> None:
    world.history.introduce("Ana Lima", "ana@example.com")
    assert world.graph.author(world.orders) == ("Ana Lima", "ana@example.com")


def test_a_repository_without_a_remote_has_no_address(world: World) -> None:
    world.history.commit({"orders/a": "1"})
    assert world.graph.remote_url(world.orders) is None

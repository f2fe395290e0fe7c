"""Which branch is meant where nobody names one."""

from __future__ import annotations

import pytest

from promote_tui.core.git.branches import branch_on_merge, branch_to_show, branch_to_take, trunk
from promote_tui.core.model.pipeline import Aws, Pipeline, Stage
from promote_tui.core.value import replace

DEV = Stage("dev", Aws("eu-west-1", "1" * 12))
PROD = replace(DEV, name="prod", branches=("main",), after="dev")
NEWEST_FIRST = ("feature/x", "v3", "main", "develop")


def pipeline(dev: Stage = DEV, prod: Stage = PROD) -> Pipeline:
    return Pipeline("acme", (dev, prod), (), "", "promote-tui.yml")


MERGED = pipeline(replace(DEV, deploy_on_merge=("develop",)))
LISTED = pipeline(replace(DEV, deploy_on_merge=("next", "develop")))
MAPPED = pipeline(replace(DEV, merged_for=(("legacy", ("v3",)),)))


@pytest.mark.parametrize(
    ("found", "service", "names", "default", "shown"),
    [
        (MERGED, "orders", NEWEST_FIRST, "v3", "v3"),
        (MERGED, "orders", NEWEST_FIRST, "develop", "develop"),
        (MERGED, "orders", NEWEST_FIRST, None, "develop"),
        (LISTED, "orders", NEWEST_FIRST, None, "develop"),
        (MAPPED, "legacy", NEWEST_FIRST, None, "v3"),
        (MAPPED, "orders", NEWEST_FIRST, None, "main"),
        (pipeline(), "orders", ("x", "master"), None, "master"),
        (pipeline(), "orders", ("x", "y"), None, "x"),
        (pipeline(), "orders", ("x", "y"), "gone", "x"),
        (pipeline(), "orders", (), None, None),
    ],
)
def test_the_remotes_default_branch_is_shown_first_then_what_is_deployed_on_merge(
    found: Pipeline, service: str, names: tuple[str, ...], default: str | None, shown: str | None
) -> None:
    assert branch_to_show(found, service, names, default) == shown


@pytest.mark.parametrize(
    ("branches", "names", "default", "taken"),
    [
        (("*",), NEWEST_FIRST, "v3", "v3"),
        (("*",), NEWEST_FIRST, "develop", "develop"),
        (("*",), NEWEST_FIRST, None, "main"),
        (("main",), NEWEST_FIRST, "v3", "main"),
        (("develop",), NEWEST_FIRST, "v3", "develop"),
        (("*",), ("trunk",), None, "trunk"),
        (("*",), ("x", "trunk"), None, None),
        (("release/*",), NEWEST_FIRST, "v3", None),
        (("*",), (), None, None),
    ],
)
def test_a_first_stage_takes_a_branch_that_somebody_names_never_merely_the_newest(
    branches: tuple[str, ...], names: tuple[str, ...], default: str | None, taken: str | None
) -> None:
    assert branch_to_take(replace(DEV, branches=branches), names, default) == taken


def test_the_first_deployed_on_merge_that_the_repository_has_counts_by_service() -> None:
    stage = replace(DEV, deploy_on_merge=("main", "master"))
    assert branch_on_merge(stage, "orders", ("master", "develop")) == "master"
    assert branch_on_merge(stage, "orders", ("master", "main")) == "main"
    assert branch_on_merge(stage, "orders", ("develop",)) is None
    mapped = replace(DEV, merged_for=(("legacy", ("v3", "v2")),))
    assert branch_on_merge(mapped, "legacy", ("v2", "main")) == "v2"
    assert mapped.branches_on_merge("orders") == ()


def test_a_hotfix_comes_back_into_what_is_deployed_on_merge_else_into_the_default_branch() -> None:
    assert trunk(MERGED, "orders", NEWEST_FIRST, "main") == "develop"
    assert trunk(MERGED, "orders", ("main",), "main") == "main"
    assert trunk(pipeline(), "orders", NEWEST_FIRST, "v3") == "v3"
    assert trunk(pipeline(), "orders", NEWEST_FIRST, None) is None

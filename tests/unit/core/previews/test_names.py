"""The names of previews: valid, unique, stable, whatever a branch is called."""

from __future__ import annotations

import re

import pytest

from promote_tui.core.previews.names import LONGEST, MARK, mark_of, marked_branch, preview_name

VALID = re.compile(r"pv-[a-z0-9]+(?:-[a-z0-9]+)*")
NAMES = {
    "login": "pv-login",
    "fix-42": "pv-fix-42",
    "a" * 19: "pv-" + "a" * 19,
    "a" * 20: "pv-aaaaaaaaaaaa-42492d",
    "feature/login": "pv-login-df7c7a",
    "feature-login": "pv-feature-login",
    "Login": "pv-login-9d6322",
    "feature/LOGIN": "pv-login-e9a5ab",
    "login-5a0f69": "pv-login-5a0f69-542c7a",
    "5a0f69": "pv-5a0f69-49a8c1",
    "-login": "pv-login-9ff101",
    "login-": "pv-login-3d9605",
    "a--b": "pv-a-b-90827a",
    "a_b": "pv-a-b-648fa9",
    "a.b": "pv-a-b-2e7336",
    "release/2026.1": "pv-2026-1-1b929c",
    "añadir/ünïcödé-日本": "pv-unicode-d960fa",
    "日本": "pv-cf2abf",
    "日本/語": "pv-630513",
    "feature/日本": "pv-feature-53a8f6",
    "a/b/c": "pv-c-d76a7b",
    "///": "pv-732c4e",
    "release/" + "x" * 192: "pv-xxxxxxxxxxxx-a14a75",
    "broken\udcff": "pv-broken-f081f4",
}


@pytest.mark.parametrize("branch", NAMES)
def test_the_name_of_a_branch_never_changes(branch: str) -> None:
    assert preview_name(branch) == NAMES[branch]


@pytest.mark.parametrize("branch", NAMES)
def test_a_name_is_short_lower_case_and_fits_where_resources_have_it(branch: str) -> None:
    name = preview_name(branch)
    assert VALID.fullmatch(name)
    assert len(name) <= LONGEST
    assert len(f"orders-and-payments-{name}-eu-west-1-lambdaRole") <= 64


def test_no_two_branches_come_to_one_name_not_even_the_name_of_another() -> None:
    branches = {*NAMES, *(name.removeprefix("pv-") for name in NAMES.values()), *NAMES.values()}
    assert len({preview_name(each) for each in branches}) == len(branches)


@pytest.mark.parametrize("branch", NAMES)
def test_what_a_stack_says_of_its_branch_is_ascii_and_read_back(branch: str) -> None:
    assert mark_of(branch).isascii()
    assert marked_branch(((MARK, mark_of(branch)),)) == branch


def test_a_stack_that_says_nothing_is_of_no_branch() -> None:
    assert marked_branch((("DeployedCommit", "x"),)) is None
    assert marked_branch(((MARK, ""),)) is None

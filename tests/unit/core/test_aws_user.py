"""Which user somebody is by AWS: a name that a stage can have, and never somebody else's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promote_tui.core.aws_user import user_of
from promote_tui.core.model.users import is_user

SSO = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Developer_0123456789abcdef/"
IAM = "arn:aws:iam::111111111111:"


@pytest.mark.parametrize(
    ("arn", "user"),
    [
        (f"{IAM}user/ana", "ana"),
        (f"{IAM}user/teams/shop/Ana", "ana"),
        (f"{SSO}ana", "ana"),
        (f"{SSO}ana@example.com", "ana-example-com-"),
        (f"{IAM}user/ana.lee", "ana-lee-"),
        (f"{IAM}user/ana_lee", "ana-lee-"),
        (f"{IAM}user/-ana", "ana-"),
        (f"{IAM}user/{'a' * 64}", "a" * 25 + "-"),
        ("arn:aws:sts::111111111111:federated-user/ana", "ana"),
        ("arn:aws:sts::111111111111:assumed-role/people/ana", "ana"),
    ],
)
def test_a_user_is_called_as_a_stage_can_be_and_told_apart_where_that_takes_cleaning(arn: str, user: str) -> None:
    found = user_of(arn, ("people",))
    assert is_user(found)
    assert found == user or (user.endswith("-") and found.startswith(user) and len(found) == len(user) + 6)


@pytest.mark.parametrize(
    "arn",
    [
        f"{IAM}root",
        "arn:aws:sts::111111111111:assumed-role/deployer/ana",
        "arn:aws:sts::111111111111:assumed-role/deployer/botocore-session-1",
        "arn:aws:sts::111111111111:assumed-role/GitHubActions/GitHubActions",
    ],
)
def test_what_several_can_be_is_no_user(arn: str) -> None:
    assert user_of(arn, ("people",)) == ""


def test_one_person_is_one_user_in_every_account_and_with_every_permission_set() -> None:
    other = SSO.replace("111111111111", "222222222222").replace("Developer", "Lead")
    assert user_of(f"{other}Ana@example.com") == user_of(f"{SSO}ana@example.com")


NAMES = st.text("aA.-_@+=,é1", min_size=1, max_size=64)


@given(NAMES, NAMES)
def test_two_people_are_never_one_user(one: str, other: str) -> None:
    found = user_of(f"{IAM}user/{one}"), user_of(f"{IAM}user/{other}")
    assert all(map(is_user, found))
    assert (found[0] == found[1]) == (one.lower() == other.lower())

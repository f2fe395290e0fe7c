"""Who somebody is, whatever role they have on."""

from __future__ import annotations

import pytest

from promote_tui.core.identity import person

SSO = "arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_{}_0123456789abcdef/{}"


@pytest.mark.parametrize(
    ("arn", "who"),
    [
        ("arn:aws:iam::111111111111:user/ana", "ana"),
        ("arn:aws:iam::111111111111:user/teams/shop/ana", "ana"),
        ("arn:aws:iam::111111111111:root", "root"),
        ("arn:aws:sts::111111111111:federated-user/ana", "ana"),
        (SSO.format("Developer", "ana@example.com"), "ana@example.com"),
        ("arn:aws:sts::111111111111:assumed-role/deployer/ana", "role deployer"),
        ("arn:aws:sts::111111111111:assumed-role/deployer/ben", "role deployer"),
        ("arn:aws-cn:sts::111111111111:assumed-role/people/ana", "ana"),
    ],
)
def test_an_arn_names_a_person(arn: str, who: str) -> None:
    assert person(arn, trusted_sessions=("people",)) == who


def test_one_person_with_two_permission_sets_in_two_accounts_is_one_person() -> None:
    lead = SSO.format("Lead", "Ana@example.com").replace("111111111111", "222222222222")
    assert person(SSO.format("Developer", "ana@example.com")) == person(lead)

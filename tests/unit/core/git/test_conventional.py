"""Messages in the form of Conventional Commits, and in any other."""

from __future__ import annotations

import pytest

from promote_tui.core.git.conventional import Message, parse_message

SHA = "a81be07" + "0" * 33


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("feat: Take vouchers", Message("feat", "", "Take vouchers")),
        ("fix(cart): Round once", Message("fix", "cart", "Round once")),
        ("FIX(cart): Round once", Message("fix", "cart", "Round once")),
        ("feat(api)!: Drop v1", Message("feat", "api", "Drop v1", breaking="Drop v1")),
        ("refactor!: Drop v1", Message("refactor", "", "Drop v1", breaking="Drop v1")),
        ("Take vouchers", Message("", "", "Take vouchers")),
        ("WIP: vouchers", Message("", "", "WIP: vouchers")),
        ("feat:vouchers", Message("", "", "feat:vouchers")),
        ("feat: ", Message("", "", "feat:")),
        ("", Message("", "", "")),
        ('Revert "Take vouchers"', Message("", "", 'Revert "Take vouchers"', reverts="Take vouchers")),
        ("revert: Take vouchers", Message("revert", "", "Take vouchers", reverts="Take vouchers")),
    ],
)
def test_a_subject_is_read_by_its_parts(subject: str, expected: Message) -> None:
    assert parse_message(subject) == expected


@pytest.mark.parametrize(
    ("body", "breaking"),
    [
        ("BREAKING CHANGE: v1 is gone", "v1 is gone"),
        ("Long story.\n\nBREAKING-CHANGE: v1 is\n  gone\nRefs: 12", "v1 is gone"),
        ("breaking change: v1", None),
        ("It has no BREAKING CHANGE: really", None),
    ],
)
def test_a_footer_says_what_breaks(body: str, breaking: str | None) -> None:
    assert parse_message("feat: x", body).breaking == breaking
    assert parse_message("Any subject", body).breaking == breaking


def test_gits_own_revert_names_the_commit() -> None:
    body = f"This reverts commit {SHA}.\n\nIt was slow."
    assert parse_message('Revert "Take vouchers"', body).reverts == SHA
    assert parse_message("Undo vouchers", body).reverts == SHA

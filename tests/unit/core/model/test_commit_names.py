"""What a stack's text about its commit may be looked up by, as tables."""

from __future__ import annotations

import pytest

from promote_tui.core.model.commit_names import LookupKeys, NameKind, full_hash, kind_of, lookup_keys
from promote_tui.core.text import short

SHA = "f08645812e0b0000000000000000000000000000"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (SHA, "full"),
        (f" {SHA.upper()}\n", "full"),
        ("", "nothing"),
        ("  ", "nothing"),
        ("Unknown", "nothing"),
        (f"{SHA}-dirty", "dirty"),
        ("v1.2.3-1-gf086458-dirty", "dirty"),
        ("v1.2.3+dirty", "dirty"),
        ("v1.2.3.DIRTY", "dirty"),
        ("f086458", "hash"),
        ("F0864581", "hash"),
        ("v1.2.3-1-gf086458", "hash"),
        ("release-dirty-data-12-gf086458", "hash"),
        ("main@f086458", "hash"),
        ("feature/x@" + SHA, "hash"),
        ("v1.2.3", "other"),
        ("f08645", "other"),
        ("https://ci.example.com/builds/f086458", "other"),
        (f"{SHA}0", "other"),
    ],
)
def test_a_text_is_a_full_hash_unclean_a_name_with_a_hash_or_something_else(text: str, kind: NameKind) -> None:
    assert kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f086458", LookupKeys("f086458", "f086458")),
        ("F086458\n", LookupKeys("f086458", "F086458")),
        ("v1.2.3-1-gf086458", LookupKeys("f086458", "v1.2.3-1-gf086458")),
        ("feature/x@f086458", LookupKeys("f086458", "feature/x@f086458")),
        ("v1.2.3", LookupKeys(None, "v1.2.3")),
        ("@acme/orders@1.2.3", LookupKeys(None, "@acme/orders@1.2.3")),
        ("f08645", LookupKeys(None, "f08645")),
        ("main@f08645", LookupKeys(None, "main@f08645")),
        ("MYHEAD1", LookupKeys(None, "MYHEAD1")),
    ],
)
def test_a_name_is_looked_up_by_its_digits_and_as_a_tag(text: str, expected: LookupKeys) -> None:
    assert lookup_keys(text) == expected


NO_NAMES = [
    *(SHA, "", "unknown", f"{SHA}-dirty", "f086458-dirty"),
    *("HEAD", "ORIG_HEAD", "@", "@{-1}", "@{upstream}", "main@{1}", "main~1", "v1^", "v1^{commit}", ":/Fix", ":path"),
    *("-v1", "--upload-pack=x", "--all", "..v1", "a..b", "../v1", "/v1", "v1/", "v1.", "a//b", "a/.b", ".v1"),
    *("v*", "v?", "v[1]", "a b", "v1\n--all", "v1\0", "v\x1b[31m", "a\\b", "v1\u202e"),
    *("https://example.com/f086458", "arn:aws:s3:::f086458", "x" * 201),
]


@pytest.mark.parametrize("text", NO_NAMES)
def test_what_git_would_compute_or_take_for_an_option_is_no_name(text: str) -> None:
    assert lookup_keys(text) is None


@pytest.mark.parametrize(("text", "expected"), [(SHA.upper(), SHA), (f" {SHA} ", SHA), ("f086458", None), (None, None)])
def test_only_forty_digits_are_a_full_hash(text: str | None, expected: str | None) -> None:
    assert full_hash(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (SHA, "f086458"),
        (f"{SHA}-dirty", f"{SHA}-dirty"),
        ("v1.2.3-1-gf086458", "v1.2.3-1-gf086458"),
        ("https://x", "https://x"),
    ],
)
def test_of_a_text_that_is_no_full_hash_nothing_is_cut_off(text: str, expected: str) -> None:
    assert short(text) == expected

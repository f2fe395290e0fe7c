"""What follows for a service from what is special about a commit's files."""

from __future__ import annotations

import pytest

from promote_tui.core.package.checkout_deviations import (
    Assessment,
    Deviations,
    assess_deviations,
    changes_bytes,
    leads_to,
)

PATHS = ("svc", "libs")
COPY = "name it in deploy.files, which copies yours as it can be read in your folder"


@pytest.mark.parametrize(
    ("settings", "changes"),
    [
        ({}, True),
        ({"smudge": "git-crypt smudge", "clean": "git-crypt clean", "required": "true"}, True),
        ({"process": "git-lfs filter-process"}, True),
        ({"clean": "nbstripout", "smudge": "cat", "required": "true"}, False),
        ({"clean": "nbstripout", "smudge": " cat "}, False),
        ({"clean": "indent"}, False),
        ({"clean": "indent", "smudge": ""}, False),
        ({"clean": "indent", "required": "true"}, True),
        ({"clean": "indent", "required": ""}, True),
        ({"clean": "indent", "required": "false"}, False),
        ({"smudge": "cat", "process": "anything"}, True),
    ],
)
def test_a_filter_changes_bytes_unless_its_settings_say_that_git_leaves_them(
    settings: dict[str, str], *, changes: bool
) -> None:
    assert changes_bytes(settings) is changes


@pytest.mark.parametrize(
    ("path", "said", "place"),
    [
        ("svc/lib", "../libs/common", "libs/common"),
        ("svc/a/lib", "./x/../y", "svc/a/y"),
        ("lib", "svc/", "svc"),
        ("svc/all", "..", "."),
        ("svc/lib", "../../other", None),
        ("lib", "..", None),
        ("svc/conf", "/etc/conf", None),
    ],
)
def test_a_link_leads_to_a_place_from_the_top(path: str, said: str, place: str | None) -> None:
    assert leads_to(path, said) == place


@pytest.mark.parametrize(
    ("odd", "why", "remedy"),
    [
        (Deviations(), "", ""),
        (
            Deviations(filters={"svc/a": "git-crypt", "libs/b": "git-crypt", "other/c": "git-crypt"}),
            "svc/a and libs/b are under the git filter git-crypt, which is not run",
            COPY,
        ),
        (
            Deviations(filters={"svc/a": "strip"}, unknown=frozenset({"strip"})),
            "svc/a is under the git filter strip, which is not run",
            f"{COPY}; to let git leave it unchanged, run `git config --global filter.strip.smudge cat`",
        ),
        (
            Deviations(submodules=("svc/lib", "vendor")),
            "svc/lib is a submodule, which is not supported yet",
            "commit the files themselves",
        ),
        (
            Deviations(submodules=("svc/x", "libs/y")),
            "svc/x and libs/y are submodules, which is not supported yet",
            "commit the files themselves",
        ),
        (
            Deviations(pointers=("svc/model.bin",)),
            "svc/model.bin is kept in Git LFS, which is not supported yet",
            f"commit the files themselves, or {COPY}",
        ),
        (
            Deviations(links={"svc/conf": "/etc/conf"}),
            "svc/conf links to /etc/conf, outside of the repository",
            "commit what it links to in its place",
        ),
        (Deviations(("svc/a", "libs/b"), links={"svc/x": "a", "svc/y": "../libs/b", "libs/z": "../svc"}), "", ""),
    ],
)
def test_what_a_service_consists_of_is_refused_where_git_does_not_hold_it(
    odd: Deviations, why: str, remedy: str
) -> None:
    found = assess_deviations(odd, PATHS)
    assert (found.refused, found.remedy) == (why, remedy)


@pytest.mark.parametrize(
    ("odd", "warning"),
    [
        (
            Deviations(filters={"ops/a": "git-crypt"}),
            "ops/a, outside of the service's paths, is as git stores it: the filter git-crypt is not run",
        ),
        (
            Deviations(filters=dict.fromkeys(("ops/a", "ops/b", "ops/c", "ops/d"), "x")),
            (
                "ops/a, ops/b, ops/c and 1 more, outside of the service's paths, are as git stores them: "
                "the filter x is not run"
            ),
        ),
        (
            Deviations(submodules=("vendor/lib",)),
            "vendor/lib, outside of the service's paths, is a submodule: no file of it is checked out",
        ),
        (
            Deviations(pointers=("assets/a", "assets/b")),
            "assets/a and assets/b, outside of the service's paths, are kept in Git LFS: only pointers are checked out",
        ),
        (
            Deviations(links={"ops/x": "/etc", "ops/y": "../svc", "ops/z": "../.."}),
            "ops/x and ops/z, outside of the service's paths, link out of the repository",
        ),
        (
            Deviations(("common/a.js", "svc/x"), links={"svc/lib": "../common"}),
            "svc/lib links to common: a change there is not a commit of the service; add common to `shared`",
        ),
        (
            Deviations(("common/a.js", "LICENSE"), links={"svc/lib": "../common", "svc/LICENSE": "../LICENSE"}),
            (
                "svc/lib and svc/LICENSE link to common and LICENSE: a change there is not a commit of the service; "
                "add common and LICENSE to `shared`"
            ),
        ),
        (
            Deviations(("svc/x",), links={"svc/all": ".."}),
            "svc/all links to .: a change there is not a commit of the service; add . to `shared`",
        ),
        (
            Deviations(("svc/x",), links={"svc/out": "../dist"}),
            "svc/out links out of the service, to what the commit does not have",
        ),
    ],
)
def test_what_lies_elsewhere_and_links_that_leave_the_service_are_named_in_a_line(
    odd: Deviations, warning: str
) -> None:
    assert assess_deviations(odd, PATHS) == Assessment(warnings=(warning,))


def test_a_link_into_installed_dependencies_is_not_named() -> None:
    assert assess_deviations(Deviations(links={"svc/bin": "../node_modules/.bin/x"}), PATHS) == Assessment()


def test_what_is_copied_in_place_of_what_git_stores_is_named_and_not_refused() -> None:
    odd = Deviations(filters={"svc/a": "git-crypt"}, pointers=("svc/m",))
    assert assess_deviations(odd, PATHS, {"svc/a", "svc/m"}) == Assessment(
        warnings=("svc/a and svc/m: copied from your folder, not from the commit",)
    )
    assert assess_deviations(odd, PATHS, {"svc/a"}).refused == "svc/m is kept in Git LFS, which is not supported yet"


def test_what_is_mirrored_from_a_url_is_to_be_cloned_before_anything_can_be_copied() -> None:
    odd = Deviations(filters={"svc/a": "git-crypt"})
    assert assess_deviations(odd, PATHS, mirrored=True).remedy == (
        "name a clone's folder in `repo`, and the file in deploy.files, which copies it from there"
    )

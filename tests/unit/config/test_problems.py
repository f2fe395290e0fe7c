"""Facts about files that cannot be used: each mistake is a line with its place, what is wrong and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from promote_tui.config.loader import load
from promote_tui.core.errors import ConfigError
from tests.support.configs import BASE, config, edited, problems, write


@dataclass(frozen=True, slots=True)
class Case:
    """A mistake of problems.txt."""

    name: str
    edits: tuple[str, ...]
    expected: tuple[str, ...]


def cases() -> list[Case]:
    """Return the table in problems.txt, whose head explains it."""
    _, *blocks = Path(__file__).with_name("problems.txt").read_text().strip().split("\n\n")
    table = []
    for name, *lines in (block.split("\n") for block in blocks):
        edits = tuple(line for line in lines if not line.startswith("! "))
        expected = tuple(f"promote-tui.yml:{line[2:]}" for line in lines if line.startswith("! "))
        table.append(Case(name.removeprefix("# "), edits, expected))
    return table


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_each_mistake_is_a_line_with_place_cause_and_remedy(case: Case, tmp_path: Path) -> None:
    assert case.expected
    assert tuple(problems(tmp_path, edited(*case.edits))) == case.expected


LOCAL = [
    pytest.param(
        "project: x\n", ["1:1: project: cannot be set in the local file; set it in the shared one"], id="a key"
    ),
    pytest.param(
        "ledger: {kind: sqlite}\nservices: []\ndeploy: {}\n",
        [
            "1:1: ledger: cannot be set in the local file; set it in the shared one",
            "2:1: services: cannot be set in the local file; set it in the shared one",
            "3:1: deploy: cannot be set in the local file; set it in the shared one",
        ],
        id="several keys",
    ),
    pytest.param(
        'stages:\n  - name: prod\n    aws: {region: eu-west-1, account: "999999999999"}\n    branches: ["*"]\n',
        ['2:5: stages.prod.name: "prod" is a shared stage, which only the shared file sets; name a stage of your own'],
        id="branches and account of a shared stage",
    ),
    pytest.param(
        'stages:\n  - name: mine\n    aws: {region: eu-west-1, account: "999999999999"}\n    gates: {soak: 1h}\n',
        ["4:5: stages.mine.gates: cannot be set in the local file; set it in the shared one"],
        id="gates",
    ),
    pytest.param(
        'stages: [{name: mine, after: theirs, aws: {region: eu-west-1, account: "999999999999"}}]\n',
        ['1:23: stages.mine.after: "theirs" is not a stage; use one of dev, prod'],
        id="after an unknown stage",
    ),
    pytest.param(
        "profiles: {prd: x}\n", ['1:12: profiles.prd: "prd" is not a shared stage; did you mean prod?'], id="typo"
    ),
    pytest.param(
        "profiles: {prod: 1}\n", ['1:12: profiles.prod: is read as the number 1; put it in quotes: "1"'], id="int"
    ),
    pytest.param("usr: ana\n", ["1:1: usr: is not a known key; did you mean user?"], id="unknown key"),
]


@pytest.mark.parametrize(("local", "expected"), LOCAL)
def test_the_local_file_may_set_personal_things_alone(local: str, expected: list[str], tmp_path: Path) -> None:
    assert problems(tmp_path, BASE, local) == [f"promote-tui.local.yml:{line}" for line in expected]


def test_a_local_file_that_is_no_yaml_is_a_line(tmp_path: Path) -> None:
    (line,) = problems(tmp_path, BASE, "user: [\n")
    assert line.startswith("promote-tui.local.yml:2:1: is not valid YAML: ")


def test_a_shared_setting_cannot_name_a_personal_stage(tmp_path: Path) -> None:
    local = 'stages: [{name: mine, aws: {region: eu-west-1, account: "999999999999"}}]\n'
    shared = edited("7 +     after: mine", "9 +     stages: {mine: {stack: x}}")
    assert problems(tmp_path, shared, local) == [
        'promote-tui.yml:8:5: stages.prod.after: "mine" is not a stage; use dev',
        'promote-tui.yml:11:14: services.orders.stages.mine: "mine" is not a shared stage; use one of dev, prod',
    ]


def test_a_personal_stage_cannot_be_the_stack_of_a_shared_one(tmp_path: Path) -> None:
    local = 'stages: [{name: mine, aws: {region: eu-west-1, account: "222222222222"}}]\n'
    shared = edited("9 +     stack: orders", "9 +     stages: {dev: {stack: orders-dev}}")
    (line,) = problems(tmp_path, shared, local)
    where = "promote-tui.yml:10:5: services.orders.stack"
    what = "mine is the stack 222222222222/eu-west-1/orders, as orders/prod is; give one of them another stack"
    assert line == f"{where}: {what}"


def test_problems_of_both_files_come_together(tmp_path: Path) -> None:
    assert problems(tmp_path, edited("2 = project: 1"), "theme: 2\n") == [
        'promote-tui.yml:2:1: project: is read as the number 1; put it in quotes: "1"',
        'promote-tui.local.yml:1:1: theme: is read as the number 2; put it in quotes: "2"',
    ]


UNREADABLE: list[tuple[bytes, str]] = [
    (b"", ":1:1: is empty; see config.example.yml for what it holds"),
    (b"# only words\n", ":1:1: is empty; see config.example.yml for what it holds"),
    (b"---\n...\n", ":1:1: is empty; see config.example.yml for what it holds"),
    (b"version: 1\nproject: caf\xe9\n", ":2:13: is not UTF-8; save it in that encoding"),
    (b"\xff\xfev\x00", ":1:1: is not UTF-8; save it in that encoding"),
    (b"version: 1\nproject: a\x00b\n", ":2:11: holds the character U+0000; remove it"),
    (b"#" * (256 * 1024 + 1), ": is larger than 256 KiB; a configuration is a few pages at most"),
    (b"[" * 2000, ":1:34: is nested more than 32 deep; no setting is"),
    (b"{a: " * 2000, ":1:130: is nested more than 32 deep; no setting is"),
    (b"version: 1\n---\nversion: 1\n", ":2:1: a second document begins here; keep one in the file"),
    (
        b"version: 1\n\tproject: x\n",
        ":2:1: is not valid YAML: found ",
    ),
    (
        b"version: 1\nproject: a: b\n",
        ":2:11: is not valid YAML: mapping values are not allowed in this context; check indentation, quotes",
    ),
]


@pytest.mark.parametrize(("raw", "line"), UNREADABLE)
def test_what_is_no_document_is_one_line(raw: bytes, line: str, tmp_path: Path) -> None:
    assert problems(tmp_path, raw)[0].startswith(f"promote-tui.yml{line}")


def test_a_bomb_of_aliases_is_named_and_not_expanded(tmp_path: Path) -> None:
    bomb = "a: &a [x]\n" + "".join(
        f"{n}: &{n} [{', '.join([f'*{p}'] * 9)}]\n" for p, n in zip("abcdefgh", "bcdefghi", strict=True)
    )
    found = problems(tmp_path, bomb)
    assert "promote-tui.yml:1:1: a: anchors are not supported; write the value out where it is needed" in found
    assert "promote-tui.yml:2:8: b[0]: aliases are not supported; write the value out" in found


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + BASE.replace("\n", "\r\n").encode()
    assert config(tmp_path, raw).pipeline.stages == config(tmp_path).pipeline.stages


def test_places_are_right_behind_a_byte_order_mark_and_windows_line_ends(tmp_path: Path) -> None:
    raw = b"\xef\xbb\xbf" + edited("1 = versoin: 1", "2 = project: 1").replace("\n", "\r\n").encode()
    assert [line.split(": ")[0] for line in problems(tmp_path, raw)] == [
        "promote-tui.yml:1:1",
        "promote-tui.yml:1:1",
        "promote-tui.yml:2:1",
    ]


def test_an_empty_local_file_sets_nothing(tmp_path: Path) -> None:
    assert config(tmp_path, BASE, "# nothing yet\n").user is None
    assert config(tmp_path, BASE, "---\n").user is None


def test_a_folder_in_place_of_a_file_is_a_line(tmp_path: Path) -> None:
    path = write(tmp_path)
    (tmp_path / "promote-tui.local.yml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert caught.value.problems == ("promote-tui.local.yml: is a folder; put a file in its place",)


def test_a_shared_file_that_is_a_folder_is_a_line(tmp_path: Path) -> None:
    (tmp_path / "promote-tui.yml").mkdir()
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "promote-tui.yml")
    assert caught.value.problems == ("promote-tui.yml: is a folder; put a file in its place",)


def test_a_file_that_is_gone_is_a_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"promote-tui\.yml: does not exist"):
        load(tmp_path / "promote-tui.yml")


def test_text_from_the_file_stays_on_one_line_of_plain_characters(tmp_path: Path) -> None:
    (line, *_) = problems(tmp_path, edited('10 + "a\\nb\\u202e": x'))
    assert line.startswith("promote-tui.yml:11:1: a b�: is not a known key")
    (line, *_) = problems(tmp_path, edited("2 = project: " + "x" * 5000))
    assert len(line) < 400


def test_hundreds_of_problems_end_in_a_count(tmp_path: Path) -> None:
    found = problems(tmp_path, BASE + "".join(f"k{n}: 1\n" for n in range(300)))
    assert len(found) == 201
    assert found[-1] == "and 100 more; fix these first"

"""What is written where in YAML and JSON, by keys and indentation."""

from __future__ import annotations

import pytest

from promote_tui.adapters.serverless.yaml_outline import entries


def tree(text: str) -> object:
    """The outline with all that is below it."""
    found = entries(text.splitlines())
    return {each.key or each.value: tree("\n".join(each.rows)) or each.value for each in found}


@pytest.mark.parametrize(
    ("text", "outline"),
    [
        ("a: 1\nb:\n  c: 2\n", {"a": "1", "b": {"c": "2"}}),
        ("a:\n- b: 1\n  c: 2\n- d: 3\ne: 4\n", {"a": {"b": "1", "c": "2", "d": "3"}, "e": "4"}),
        (
            "a:\n  - ${file(b.yml)}\n  -   c:\n        d: 1\n",
            {"a": {"${file(b.yml)}": "${file(b.yml)}", "c": {"d": "1"}}},
        ),
        ("- a:\n  - b: 1\n- c: 2\n", {"a": {"b": "1"}, "c": "2"}),
        ("---\n# x: 1\n\na: 1 # one\n  # y: 1\n", {"a": "1 # one"}),
        ('{\n\t"a": {\n\t\t"b": "1",\n\t\t"c": [\n\t\t]\n\t}\n}\n', {"a": {"b": '"1",', "c": "["}}),
        ("'a': 1\r\n\"b c\": 2\r\nFn::If: 3\r\n", {"a": "1", "b c": "2", "Fn::If": "3"}),
        ("a: {b: 1}\nhttp://x\n", {"a": "{b: 1}", "http://x": "http://x"}),
        ("    a: 1\n  b: 2\n", {"b": "2"}),
        ("- - a: 1\n  - b: 2\n", {}),
        ("-", {}),
        ("", {}),
    ],
)
def test_each_key_has_what_stands_behind_and_below_it(text: str, outline: object) -> None:
    assert tree(text) == outline

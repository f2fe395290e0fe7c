"""Which parameters a serverless.yml cannot be packaged without, by its text."""

from __future__ import annotations

import pytest

from promote_tui.adapters.serverless.required_parameters import find_required_parameters

USE = "custom:\n  domain: ${param:domain}\n"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (USE, ("domain",)),
        ("custom: {a: '${param:a}/${param:b-1}', c: \"${param:a}\"}\n", ("a", "b-1")),
        ("custom:\n  a: ${param:a, 'x'}\n", ()),
        ("custom:\n  a: ${env:A, ${param:a}}\n  b: ${env:B}${param:b}\n", ("b",)),
        ("custom:\n  a: ${opt:a, param:a}\n", ()),
        ("custom:\n  # ${param:a}\n  b: 1 # ${param:b}\n", ()),
        (f"{USE}params:\n  default:\n    domain: example.com\n", ()),
        (f"{USE}params:\n  prod: {{domain: example.com}}\n", ()),
        (f"{USE}params:\n  default:\n    zone: eu\n", ("domain",)),
        (f"{USE}stages:\n  default:\n    params:\n      domain: example.com\n", ()),
        (f"{USE}params: ${{file(params.yml)}}\n", ()),
        (f"org: acme\n{USE}", ()),
        ("", ()),
    ],
    ids=str,
)
def test_a_parameter_is_required_where_the_text_gives_it_no_value(text: str, names: tuple[str, ...]) -> None:
    assert find_required_parameters(text) == names

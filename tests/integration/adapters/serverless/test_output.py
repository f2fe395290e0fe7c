"""Why the Serverless CLI failed, read from its output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from promote_tui.adapters.serverless.output import failure_reason, printed_configuration, reason_in

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENT = "Environment: linux, node 20.20.2, osls 4.3.1 (local)\nDocs:        example.org/docs\n"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("", ""),
        ("\n\n", ""),
        (
            "\n\N{MULTIPLICATION SIGN} Stack orders-dev failed to deploy (0s)\n"
            + ENVIRONMENT
            + "\nError:\nUPDATE_FAILED: Bad (Custom::Nope)\nno ServiceToken\n\nView the full error: https://x\n",
            "UPDATE_FAILED: Bad (Custom::Nope) no ServiceToken",
        ),
        (
            ENVIRONMENT + "\nError:\nCannot resolve serverless.yml: Variables resolution errored with:\n"
            '  - Cannot resolve variable at "bad": Value not found\n',
            (
                "Cannot resolve serverless.yml: Variables resolution errored with: "
                '- Cannot resolve variable at "bad": Value not found'
            ),
        ),
        ("Error: Cannot find module 'x'\n    at load (a.js:1)\n", "Cannot find module 'x'"),
        ("TypeError [ERR_X]: boom\n    at load (a.js:1)\nNode.js v20.1.0\n", "boom"),
        ("\u2716 Stack orders-dev failed to deploy (3s)\n", "Stack orders-dev failed to deploy"),
        ("\u2716 You are not logged in\n", "You are not logged in"),
        ("Error:\nfirst\n\nError:\nsecond\n", "second"),
        ("working\nsh: 1: no-such: not found\n", "sh: 1: no-such: not found"),
        ("Error:\na\x1b[31mb\x07\n", "a\ufffd[31mb\ufffd"),
        (
            ENVIRONMENT + "\nError:\nConfiguration error: \n     at 'functions.api.runtime': must be one of [a, b]\n"
            "     at root: unrecognized property 'functons'\n     at 'provider': unrecognized property 'regoin'\n"
            "\nLearn more about configuration validation here: https://x\n",
            (
                "Configuration error: at 'functions.api.runtime': must be one of [a, b]; "
                "at root: unrecognized property 'functons'; at 'provider': unrecognized property 'regoin'"
            ),
        ),
        (
            "Error:\nConfiguration error:\n" + "".join(f"     at 'functions.f{n}': wrong\n" for n in range(60)),
            "Configuration error: " + "; ".join(f"at 'functions.f{n}': wrong" for n in range(60)),
        ),
        (
            "Error:\nConfiguration error:\n" + "".join(f"     at 'f{n:04}': wrong\n" for n in range(1000)),
            "Configuration error: " + "; ".join(f"at 'f{n:04}': wrong" for n in range(210)) + "; and 790 more",
        ),
    ],
)
def test_reason_is_one_line_of_the_clis_own_words(said: str, reason: str) -> None:
    assert reason_in(said) == reason


def test_reason_is_short_and_of_the_last_part_of_a_log(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("Error:\nof an earlier run\n")
    begin = log.stat().st_size
    assert failure_reason(log, begin) == ""
    with log.open("a") as file:
        file.write("x" * 300_000 + "\nError:\n" + "y" * 1000)
    assert failure_reason(log, begin).startswith("yyy")
    assert len(failure_reason(log)) == 400
    assert failure_reason(tmp_path / "none") == ""


ORDERS = {"service": "orders", "provider": {"name": "aws"}}
PRETTY = '{\n  "service": "orders",\n  "provider": {\n    "name": "aws"\n  }\n}'


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        (PRETTY, ORDERS),
        (f"Warning {{x}}\n{PRETTY}\nDone\n", ORDERS),
        (f'{{"loaded": true}}\n{PRETTY}\n', ORDERS),
        (f'{{"service": "a plugin"}}\n{PRETTY}\n{{"done": 1}}\n', ORDERS),
        (f'{{\n  "inner": {PRETTY}\n}}\n{PRETTY}\n', ORDERS),
        (f"no end of line{PRETTY}\n", ORDERS),
        (f'{{"service": "shown early", "provider": {{}}}}\n{PRETTY}', ORDERS),
        (f"{{ options: {{\n  stage: 'dev' }} }}\n{PRETTY}", ORDERS),
        ('{"service": "orders", "provider": "aws"}', None),
        ('{"loaded": true}\n', None),
        ("{broken\n", None),
        ("nothing", None),
    ],
)
def test_the_printed_configuration_is_what_has_a_service_and_a_provider(
    text: str, printed: dict[str, object] | None
) -> None:
    assert printed_configuration(text) == printed

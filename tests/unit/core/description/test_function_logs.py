"""Lines that tell of an error are found, and what is named or shaped like a secret is nowhere shown."""

from __future__ import annotations

from datetime import timedelta

import pytest

from promote_tui.core.description.function_logs import MOST_ERRORS, find_errors, function_log, is_error, mask_log
from promote_tui.core.model.log_lines import LogLine, LogRead
from tests.support.values import NOW

ERRORS = (
    '2026-03-20T12:00:00.000Z\t8c1f\tERROR\tInvoke Error \t{"errorType":"TypeError","errorMessage":"x is no function"}',
    "[ERROR] KeyError: 'order'\nTraceback (most recent call last):",
    "2026-03-20T12:00:03.004Z 8c1f Task timed out after 3.00 seconds",
    "RequestId: 8c1f Error: Runtime exited with error: exit status 1\nRuntime.ExitError",
    '{"level":"error","message":"no stock"}',
    '{"timestamp":"2026","level": "ERROR","message":"no stock"}',
    "Unhandled promise rejection",
    "REPORT RequestId: 8c1f\tDuration: 3000.00 ms\tStatus: timeout",
    "CRITICAL out of stock",
    "RequestId: 8c1f Process exited before completing request",
)
FINE = (
    "START RequestId: 8c1f Version: $LATEST",
    "REPORT RequestId: 8c1f\tDuration: 3.10 ms\tBilled Duration: 4 ms",
    "2026-03-20T12:00:00.000Z\t8c1f\tINFO\torder 12 was paid",
    '{"level":"info","errors":0}',
    "terrors and mirrored_error_rate",
    "",
)


@pytest.mark.parametrize(("text", "wanted"), [*((each, True) for each in ERRORS), *((each, False) for each in FINE)])
def test_an_error_is_told_from_a_line(text: str, wanted: bool) -> None:
    assert is_error(text) is wanted


SECRETS = {
    "password=hunter2hunter2": "password=[masked]",
    "DB_PASSWORD: hunter2hunter2, user: ana": "DB_PASSWORD: [masked], user: ana",
    '{"apiKey":"k3y-k3y","order":12}': '{"apiKey":[masked],"order":12}',
    r"{\"client_secret\":\"a \\\" b\",\"order\":12}": r"{\"client_secret\":[masked],\"order\":12}",
    "{'access_token': 'abc def', 'order': 12}": "{'access_token': [masked], 'order': 12}",
    '"Authorization": "Bearer abc.def"': '"Authorization": [masked]',
    "Authorization: Bearer abcdefgh12345678": "Authorization: [masked]",
    "sent Bearer abcdefgh12345678 along": "sent Bearer [masked] along",
    "token eyJhbGciOi.eyJzdWIiOi.sig-sig here": "token [masked] here",
    "postgres://ana:hunter2@db.internal/orders": "postgres://[masked]@db.internal/orders",
    "key AKIAABCDEFGHIJKLMNOP": "key [masked]",
    "set-cookie: session=abc": "set-cookie: [masked]",
    "order 12 was paid: 3 items": "order 12 was paid: 3 items",
    "https://shop.example.com/orders?page=2": "https://shop.example.com/orders?page=2",
}


@pytest.mark.parametrize("text", SECRETS)
def test_what_is_named_or_shaped_like_a_secret_is_masked(text: str) -> None:
    assert mask_log(text) == SECRETS[text]


def test_a_long_line_without_a_blank_is_cut_and_masked_at_once() -> None:
    (line,) = function_log("hello", "g", LogRead((LogLine(NOW, "x" * 256_000 + " password=hunter2"),))).lines
    assert len(line.text) == 4_096


def lines(*texts: str) -> tuple[LogLine, ...]:
    return tuple(LogLine(NOW + timedelta(seconds=number), text) for number, text in enumerate(texts))


def test_the_newest_errors_are_kept_oldest_first() -> None:
    found = find_errors(lines(*(f"ERROR {number}" for number in range(MOST_ERRORS + 2)), "fine"))
    assert [line.text for line in found] == [f"ERROR {number}" for number in range(2, MOST_ERRORS + 2)]


def test_a_functions_log_has_its_lines_masked_in_the_errors_too() -> None:
    found = function_log("hello", "/aws/lambda/hello", LogRead(lines("fine", "ERROR password=hunter2"), NOW))
    assert [line.text for line in found.lines] == ["fine", "ERROR password=[masked]"]
    assert (found.errors, found.read_until, found.has_group) == (found.lines[1:], NOW, True)


def test_a_function_without_a_group_has_never_logged() -> None:
    assert function_log("hello", "/aws/lambda/hello", None).has_group is False

"""Which of the files that a configuration reads a checkout lacks."""

from __future__ import annotations

import pytest

from promote_tui.core.package.file_references import FileReferences, missing_files
from promote_tui.core.value import replace

DOTENV = FileReferences(
    {
        "svc/.env.dev": "useDotenv reads it",
        "svc/.env.dev.local": "useDotenv may read it",
        "svc/.env": "useDotenv reads it",
    },
    "svc/.env.dev",
    "svc/.env",
)


@pytest.mark.parametrize(
    ("there", "yours", "named"),
    [
        ([], ["svc/.env"], ["svc/.env"]),
        ([], ["svc/.env", "svc/.env.dev"], ["svc/.env.dev"]),
        (["svc/.env.dev"], ["svc/.env", "svc/.env.dev"], []),
        (["svc/.env.dev"], ["svc/.env"], []),
        (["svc/.env"], ["svc/.env"], []),
        (["svc/.env"], ["svc/.env", "svc/.env.dev.local"], ["svc/.env.dev.local"]),
        ([], [], []),
    ],
)
def test_what_lies_in_the_users_folder_alone_is_named_where_it_would_be_read(
    there: list[str], yours: list[str], named: list[str]
) -> None:
    found = missing_files(DOTENV, there, yours)
    assert [words.split()[0] for words in found] == named


def test_a_file_that_a_variable_reads_is_named_with_it() -> None:
    found = replace(DOTENV, files={**DOTENV.files, "svc/x.json": "${file(...)} reads it"})
    assert missing_files(found, [], ["svc/x.json", "svc/.env"]) == (
        "svc/.env is not in the commit, and useDotenv reads it: name it in deploy.files, which copies yours",
        "svc/x.json is not in the commit, and ${file(...)} reads it: name it in deploy.files, which copies yours",
    )

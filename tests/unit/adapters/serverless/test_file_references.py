"""Which files a serverless.yml reads beside itself, by its text."""

from __future__ import annotations

import pytest

from promote_tui.adapters.serverless.file_references import find_references
from promote_tui.core.package.file_references import FileReferences

FILE = "${file(...)} reads it"


def dotenv(who: str) -> dict[str, str]:
    return {
        "svc/.env.dev": f"{who} reads it",
        "svc/.env.dev.local": f"{who} may read it",
        "svc/.env": f"{who} reads it",
    }


def read(main: str, *more: str) -> FileReferences:
    return find_references("svc", main, (main, *more), "dev")


@pytest.mark.parametrize(
    "main",
    [
        "service: a\nuseDotenv: true\n",
        '"useDotenv": true\n',
        '{"service":"a","useDotenv":true}',
        "export default {\n  useDotenv: true,\n}",
        "useDotenv : 'true' # yes",
    ],
)
def test_dotenv_files_are_read_where_the_configuration_says_so(main: str) -> None:
    assert read(main) == FileReferences(dotenv("useDotenv"), "svc/.env.dev", "svc/.env")


@pytest.mark.parametrize(
    "main", ["frameworkVersion: '4'\n", "frameworkVersion: ^4.1\n", "plugins:\n  - serverless-dotenv-plugin\n"]
)
def test_version_4_and_the_plugin_read_them_all(main: str) -> None:
    assert read(main) == FileReferences(dotenv("dotenv"))


@pytest.mark.parametrize(
    "main",
    [
        "service: a\n",
        "# useDotenv: true\n",
        "useDotenv: false\n",
        "custom:\n  # serverless-dotenv-plugin\n",
        "frameworkVersion: '3'\n",
        "frameworkVersion: '>=3.40'\n",
        "description: do not set useDotenv: true here\n",
    ],
)
def test_no_dotenv_file_is_read_otherwise(main: str) -> None:
    assert read(main) == FileReferences({})


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("a: ${file(config.json)}", ["svc/config.json"]),
        ("a: ${file(./config.${opt:stage}.json):key, ''}", ["svc/config.dev.json"]),
        ("a: ${file(config.${opt:stage, 'x'}.json)}", ["svc/config.dev.json"]),
        ("a: ${file('../env/${sls:stage}.yml'):a.b}", ["env/dev.yml"]),
        ("a: ${file(${self:provider.stage}/a.yml)}${file(b.js):f}", ["svc/dev/a.yml", "svc/b.js"]),
        ("a: ${file(${self:custom.name}.yml)}", []),
        ("a: ${file(../../outside.yml)}", []),
        ("a: ${file(/etc/x.yml)}", []),
        ("# a: ${file(config.json)}", []),
        ("a: ${file()}", []),
    ],
)
def test_files_are_named_from_the_top_with_the_stage_filled_in(text: str, paths: list[str]) -> None:
    assert read("", text) == FileReferences(dict.fromkeys(paths, FILE))

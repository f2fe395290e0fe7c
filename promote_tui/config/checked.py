"""From the bytes of both files to their models, or to every problem in them at once."""

from __future__ import annotations

from promote_tui.config import consistency
from promote_tui.config.discovery import local_file
from promote_tui.config.problems import Problem, lines
from promote_tui.config.schema.files import File, LocalFile
from promote_tui.config.source import REMEDY, Source
from promote_tui.config.validate import validate
from promote_tui.config.yaml_tree import DocumentError, Node, parse
from promote_tui.core.errors import ConfigError


def models(source: Source) -> tuple[File, LocalFile]:
    """Return the shared and the local file's models; raises ConfigError."""
    names = (source.path.name, local_file(source.path).name)
    shared, problems = _document(source.shared, names[0])
    local, local_problems = _document(source.local or b"", names[1], optional=True)
    problems += local_problems
    file, wrong = validate(File, shared) if shared else (None, [])
    local_model, local_wrong = validate(LocalFile, local) if local else (None, [])
    problems += wrong + local_wrong
    if shared:
        nothing = Node(names[1], "", 0, 0, {})
        problems += consistency.broken_rules(consistency.Documents(shared, local or nothing))
    if file is None or local_model is None or problems:
        raise ConfigError(str(source.path), lines(problems, names), REMEDY)
    return file, local_model


def _document(raw: bytes, name: str, *, optional: bool = False) -> tuple[Node | None, list[Problem]]:
    try:
        return parse(raw, name, optional=optional)
    except DocumentError as error:
        return None, [error.problem]

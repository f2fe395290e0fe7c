"""What a service's serverless.yml says, and the files beside it, told from their texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.facts import PROGRAMS
from promote_tui.adapters.serverless.file_references import find_references
from promote_tui.adapters.serverless.required_parameters import find_required_parameters
from promote_tui.adapters.serverless.source_map import config_candidates, file_references, read_source_map

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.changes.source_map import SourceMap
    from promote_tui.core.package.file_references import FileReferences


class ServerlessConfiguration:
    """The port ConfigurationReader."""

    def names(self, file: str) -> tuple[str, ...]:
        """Return the names of which the first one found in the service's folder is its configuration."""
        return (*config_candidates(file), *PROGRAMS)

    def includes(self, text: str, folder: str) -> tuple[str, ...]:
        """Return the files that a text includes by `${file(...)}`, from the repository's top, each once."""
        return file_references(text, folder)

    def source_map(self, main: str, texts: Mapping[str, str]) -> SourceMap | None:
        """Return where resources are written, by the texts of the files; None where `main`, the first, is a program."""
        return None if main.rpartition("/")[2] in PROGRAMS else read_source_map(main, texts)

    def references(self, folder: str, main: str, texts: Mapping[str, str], stage: str) -> FileReferences:
        """Return what a deploy to a stage of the CLI reads beside the configuration."""
        return find_references(folder, texts[main], texts.values(), stage)

    def required_parameters(self, main: str, texts: Mapping[str, str]) -> tuple[str, ...]:
        """Return the parameters without which the CLI refuses the configuration; none for a program."""
        return () if main.rpartition("/")[2] in PROGRAMS else find_required_parameters(texts[main])

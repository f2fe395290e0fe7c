"""Changed files: their letter, their path as the service sees it, what they are to it, how many lines changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.core.git.commits import CommitDetail, FileDetail, FilePlace, path_in_service, place_of
from promote_tui.core.text import plural
from promote_tui.tui.presentation.lines import head
from promote_tui.tui.presentation.style import BLANK, Role, align_right, cut_middle, ink, line, spread, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.content import Content

    from promote_tui.core.model.deployer import DeployerFacts
    from promote_tui.core.model.pipeline import Service
    from promote_tui.tui.presentation.glyphs import Glyphs

_NUMBERS = 6
_STATUS: Mapping[str, Role] = {"A": "good", "D": "bad"}
_EDGE = "this clone is shallow and ends here: the changes of the commit are unknown"
_SHORT = 28


@dataclass(frozen=True, slots=True)
class ServicePaths:
    """The service that files are shown for, and what deploys it (None: not known before the engine is there)."""

    service: Service
    deployer: DeployerFacts | None

    def place(self, path: str) -> FilePlace:
        """Return what a path is to the service, where that is worth a word."""
        return place_of(self.service, path, self.deployer) if self.deployer else ""

    def path(self, path: str) -> str:
        """Return the path as seen from the service's folder."""
        return path_in_service(self.service, path)


def file_table(detail: CommitDetail, paths: ServicePaths, glyphs: Glyphs, width: int, room: int) -> list[Content]:
    """Return the files of a commit in at most `room` lines below their head, infrastructure first."""
    if detail.edge:
        return [BLANK, head("files"), *wrap(ink(_EDGE, "warn"), width)]
    files = sorted(detail.files, key=lambda file: paths.place(file.path) != "infrastructure")
    shown = files if detail.total <= room else files[: max(1, room - 1)]
    rest = detail.total - len(shown)
    more = [ink(f"and {plural(rest, 'more file')}", "muted")] if rest else []
    return [BLANK, total(detail, glyphs, width), *(_row(file, paths, glyphs, width) for file in shown), *more]


def brief(detail: CommitDetail, paths: ServicePaths, glyphs: Glyphs, width: int) -> Content:
    """Return the files of a commit in one line."""
    if detail.edge:
        return ink(_EDGE, "warn").truncate(width, ellipsis=True)
    parts = [total(detail, glyphs)]
    for file in sorted(detail.files, key=lambda file: paths.place(file.path) != "infrastructure")[:5]:
        name = ink(cut_middle(paths.path(file.path), _SHORT))
        parts.append(line("   ", status_letter(file.status), " ", name, _tag(paths, file.path, 1)))
    return line(*parts).truncate(width, ellipsis=True)


def total(detail: CommitDetail, glyphs: Glyphs, width: int = 0) -> Content:
    """Return `FILES  5 changed   +84  -14`, the numbers at the right end of the width."""
    left = head("files", ink(f"{detail.total} changed" if detail.total else "none of this service", "muted"))
    if not any(file.added is not None for file in detail.files):
        return left
    added, deleted = (sum(count or 0 for count in counts) for counts in zip(*map(_counts, detail.files), strict=True))
    numbers = _numbers(added, deleted, glyphs)
    return spread(left, numbers, width) if width else line(left, "   ", numbers)


def _counts(file: FileDetail) -> tuple[int | None, int | None]:
    return file.added, file.deleted


def status_letter(status: str) -> Content:
    """Return git's letter in its colour."""
    return ink(status, _STATUS.get(status, "muted"))


def path_line(paths: ServicePaths, status: str, path: str, width: int) -> Content:
    """Return a file in a list of paths: its letter, its path cut in the middle, what it is to the service."""
    tag = _tag(paths, path, 1)
    room = max(8, width - 2 - tag.cell_length)
    return line(status_letter(status), " ", ink(cut_middle(paths.path(path), room)), tag)


def _row(file: FileDetail, paths: ServicePaths, glyphs: Glyphs, width: int) -> Content:
    tag = _tag(paths, file.path, 2)
    numbers = _numbers(file.added, file.deleted, glyphs)
    room = max(8, width - 2 - tag.cell_length - numbers.cell_length - 1)
    left = line(status_letter(file.status), " ", ink(cut_middle(paths.path(file.path), room)), tag)
    return spread(left, numbers, width)


def _tag(paths: ServicePaths, path: str, gap: int) -> Content:
    word = paths.place(path)
    return line(" " * gap, ink(word, "warn" if word == "infrastructure" else "muted")) if word else BLANK


def _numbers(added: int | None, deleted: int | None, glyphs: Glyphs) -> Content:
    plus = ink(f"+{added}" if added else "", "muted")
    minus = ink(f"{glyphs.removed}{deleted}" if deleted else "", "muted")
    return line(plus, align_right(minus, _NUMBERS))

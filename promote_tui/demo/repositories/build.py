"""Writes a story as a git repository with an origin beside it; its ages are counted back from now."""

from __future__ import annotations

import os
import subprocess
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path

from promote_tui.core.errors import GitError
from promote_tui.demo.repositories.script import FILE, Change, Edit, Fork, Merge, Step, Story, email_of

_OFFICE = timezone(timedelta(hours=1))
_OPENS, _CLOSES = 8 * 60 + 50, 17 * 60 + 40
_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Repository:
    """A clone with its origin; `commits` maps labels and branch names to full hashes."""

    folder: Path
    origin: Path
    commits: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _File:
    text: str
    mode: str = FILE


@dataclass(frozen=True, slots=True)
class _Point:
    """A commit's number in the stream and all files at it."""

    mark: int
    files: dict[str, _File]


@dataclass(slots=True)
class _Writer:
    """The stream for `git fast-import` as it grows; `forks` is where each branch was last like its target."""

    commit_times: Sequence[datetime]
    tips: dict[str, _Point] = field(default_factory=dict)
    forks: dict[str, _Point] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    out: list[str] = field(default_factory=list)
    count: int = 0

    def take(self, step: Step) -> None:
        """Add one step."""
        match step:
            case Fork(branch, start):
                self.tips[branch] = self.forks[branch] = self.tips[start]
            case Change(branch=branch, edits=edits):
                before = self.tips.get(branch)
                self._commit(step, before, None, _edited(before.files if before else {}, edits))
            case Merge(branch=branch, source=source):
                ours, theirs, base = self.tips[branch], self.tips[source], self.forks[source]
                self._commit(step, ours, theirs, _merged(base.files, ours.files, theirs.files))
                self.forks[source] = theirs

    def _commit(
        self, step: Change | Merge, parent: _Point | None, merged: _Point | None, files: dict[str, _File]
    ) -> None:
        who = f"{step.author} <{email_of(step.author)}> {self.commit_times[self.count].timestamp():.0f} +0100"
        self.count += 1
        self.out += ["commit refs/heads/main", f"mark :{self.count}", f"author {who}", f"committer {who}"]
        self.out.append(_data(step.subject + "\n"))
        self.out += [f"from :{parent.mark}"] if parent else []
        self.out += [f"merge :{merged.mark}"] if merged else []
        self.out += _changes(parent.files if parent else {}, files)
        self.tips[step.branch] = _Point(self.count, files)
        if step.label:
            self.labels[step.label] = self.count


def write_repository(story: Story, folder: Path, origins: Path, now: datetime) -> Repository:
    """Make the repository `folder/<name>` with its origin `origins/<name>.git`; raises GitError."""
    origin, clone = origins / f"{story.name}.git", folder / story.name
    stream, marks = to_fast_import(story, now)
    run_git(origins, "init", "--quiet", "--bare", "--initial-branch=develop", str(origin))
    run_git(origin, "fast-import", "--quiet", "--export-marks=marks", stdin=stream)
    lines = (origin / "marks").read_text().splitlines()
    (origin / "marks").unlink()
    hashes = {int(mark[1:]): sha for mark, sha in (line.split() for line in lines)}
    run_git(folder, "clone", "--quiet", str(origin), str(clone))
    return Repository(clone, origin, {name: hashes[mark] for name, mark in marks.items()})


def to_fast_import(story: Story, now: datetime) -> tuple[str, dict[str, int]]:
    """Return the story as a stream for `git fast-import`, and the mark of each label and branch."""
    writer = _Writer(commit_times([step.subject for step in story.steps if not isinstance(step, Fork)], now))
    for step in story.steps:
        writer.take(step)
    tips = {branch: writer.tips[branch].mark for branch in story.branches}
    writer.out += [f"reset refs/heads/{branch}\nfrom :{mark}\n" for branch, mark in tips.items()]
    return "\n".join([*writer.out, "done", ""]), writer.labels | tips


def commit_times(subjects: Sequence[str], now: datetime) -> list[datetime]:
    """Return a moment for each commit, oldest first: on weekdays in working hours, the last one a little before now."""
    at = _earlier(now.astimezone(_OFFICE).replace(second=0, microsecond=0), 25)
    found = []
    for subject in reversed(subjects):
        found.append(at)
        at = _earlier(at, _minutes(subject))
    return found[::-1]


def _minutes(subject: str) -> int:
    """Return how long a commit took, in working time: always the same for the same subject."""
    scatter = zlib.crc32(subject.encode())
    return 15 + scatter % 40 if subject.startswith("Merge") else 120 + scatter % 720


def _earlier(at: datetime, minutes: int) -> datetime:
    """Go back by minutes of working time."""
    while True:
        opened = at.replace(hour=_OPENS // 60, minute=_OPENS % 60)
        closed = at.replace(hour=_CLOSES // 60, minute=_CLOSES % 60)
        at = min(at, closed)
        here = int((at - opened).total_seconds()) // 60 if at.weekday() <= _FRIDAY else -1
        if here >= minutes:
            return at - timedelta(minutes=minutes)
        minutes -= max(here, 0)
        at = (closed - timedelta(days=1)).replace(second=at.second)


def _edited(files: dict[str, _File], edits: tuple[Edit, ...]) -> dict[str, _File]:
    after = dict(files)
    for edit in edits:
        text = after[edit.path].text if edit.path in after else ""
        if edit.old and text.count(edit.old) != 1:
            raise ValueError(f"{edit.path}: {edit.old!r} is there {text.count(edit.old)} times")
        after[edit.path] = _File(text.replace(edit.old, edit.new) if edit.old else text + edit.new, edit.mode)
    return after


def _merged(base: dict[str, _File], ours: dict[str, _File], theirs: dict[str, _File]) -> dict[str, _File]:
    changed = {path: file for path, file in theirs.items() if base.get(path) != file}
    both = sorted(path for path in changed if ours.get(path) != base.get(path))
    if both:
        raise ValueError(f"changed on both sides: {', '.join(both)}")
    return ours | changed


def _changes(before: dict[str, _File], after: dict[str, _File]) -> list[str]:
    changed = [(path, file) for path, file in sorted(after.items()) if before.get(path) != file]
    return [f"M {file.mode} inline {path}\n{_data(file.text)}" for path, file in changed] + [""]


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}"


def run_git(folder: Path, *args: str, stdin: str = "") -> bytes:
    """Run git with nobody's settings and return what it prints; raises GitError."""
    scrubbed = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(
        ["git", *args], cwd=folder, env=scrubbed | quiet, input=stdin.encode(), capture_output=True, check=False
    )
    if done.returncode:
        raise GitError(f"git {args[0]}", done.stderr.decode(errors="replace").strip() or "it failed")
    return done.stdout

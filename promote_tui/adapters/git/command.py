"""Calling git: always the same safe way, and each failure in one line.

No hook, no file system monitor, no replaced object, no grafted parent, no prompt, no lock that could be
left out, no object fetched behind our back. Variables with which a caller such as a git alias or a hook points
git at its own repository are taken away.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from promote_tui.adapters.git.pipes import first_bytes
from promote_tui.core.errors import GitError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from git import Git as Wrapper

LOCAL_SECONDS = 300.0
HASH = re.compile(r"[0-9a-f]{40}")

_SETTINGS = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "safe.bareRepository=all",
    "protocol.ext.allow=never",
    "log.follow=false",
    "log.showSignature=false",
    "i18n.logOutputEncoding=UTF-8",
    "color.ui=false",
    "advice.detachedHead=false",
    "advice.graftFileDeprecated=false",
    "gc.autoDetach=false",
    "maintenance.autoDetach=false",
    "gc.pruneExpire=never",
)
_ENVIRONMENT = {
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": "/dev/null",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "GCM_INTERACTIVE": "never",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
}
_OFFLINE = {"GIT_ALLOW_PROTOCOL": "none"}
"""A partial clone would fetch what it lacks, and write it, on a mere look: no protocol, no fetch."""

_FOREIGN = (
    "GIT_ALLOW_PROTOCOL",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_ATTR_SOURCE",
    "GIT_COMMON_DIR",
    "GIT_CONFIG",
    "GIT_DEFAULT_HASH",
    "GIT_DIFF_OPTS",
    "GIT_DIR",
    "GIT_EXTERNAL_DIFF",
    "GIT_GLOB_PATHSPECS",
    "GIT_GRAFT_FILE",
    "GIT_ICASE_PATHSPECS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_NAMESPACE",
    "GIT_NOGLOB_PATHSPECS",
    "GIT_OBJECT_DIRECTORY",
    "GIT_PREFIX",
    "GIT_REPLACE_REF_BASE",
    "GIT_SHALLOW_FILE",
    "GIT_TEMPLATE_DIR",
    "GIT_WORK_TREE",
)
_KNOWN = (
    (
        "dubious ownership",
        "git does not trust it, because it belongs to another user",
        "if you do, run `git config --global --add safe.directory {folder}`",
    ),
    ("not a git repository", "it is not a git repository", "correct `repo` in the config, or clone it to {folder}"),
    ("(?i)cannot change to .*no such file", "the folder does not exist", "correct `repo`, or clone it to {folder}"),
    ("(?i)cannot change to .*not a directory", "it is not a folder", "correct `repo` in the config: {folder}"),
    (
        "cannot read object|unable to read sha1 file|missing blob|from promisor remote",
        "an object of the commit is missing, as in a partial clone",
        "clone it again without --filter",
    ),
    (
        "(?i)cannot change to .*permission denied",
        "it cannot be read: permission denied",
        "make {folder} readable for you",
    ),
)
_LONGEST_CAUSE = 300


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """What git said: its exit code, its output as bytes, its errors as text."""

    code: int
    out: bytes
    err: str


@dataclass(frozen=True, slots=True)
class Git:
    """Git in one folder; `subject` is what errors call the repository."""

    folder: Path
    subject: str

    def answer(
        self,
        *words: str,
        lines: Iterable[str] | bytes = (),
        seconds: float = LOCAL_SECONDS,
        online: bool = False,
        umask: int = 0o077,
        environment: Mapping[str, str] | None = None,
    ) -> GitAnswer:
        """Run git to its end, with these lines or bytes as its input, and return its output.

        Raises GitError where git is missing or takes more than `seconds`; its process group is killed then.
        """
        given = _ENVIRONMENT | ({} if online else _OFFLINE) | dict(environment or {})
        argv = [*_without_foreign(given), "git", "-C", str(self.folder), *_settings(), *words]
        child = _start(self.subject, argv, given, _fed(lines), umask)
        return _finish(self.subject, child, seconds)

    def read(
        self,
        *words: str,
        lines: Iterable[str] | bytes = (),
        umask: int = 0o077,
        environment: Mapping[str, str] | None = None,
    ) -> bytes:
        """Return git's output; raises GitError where git does not end well."""
        answer = self.answer(*words, lines=lines, umask=umask, environment=environment)
        if answer.code:
            raise self.failure(answer)
        return answer.out

    def beginning(self, *words: str, limit: int, seconds: float = LOCAL_SECONDS) -> tuple[bytes, bool]:
        """Return at most `limit` bytes of git's output, and whether there is more; git is ended then.

        Raises GitError where git does not end well by itself, or takes more than `seconds`.
        """
        argv = [*_without_foreign(_ENVIRONMENT | _OFFLINE), "git", "-C", str(self.folder), *_settings(), *words]
        child = _start(self.subject, argv, _ENVIRONMENT | _OFFLINE, b"", 0o077)
        process = cast("subprocess.Popen[bytes]", child.proc)
        try:
            out, err = first_bytes(process, limit, seconds)
            code = 0 if len(out) > limit else process.wait(seconds)
        except (TimeoutError, subprocess.TimeoutExpired) as late:
            raise _late(self.subject, seconds) from late
        finally:
            _end(process)
        if code:
            raise self.failure(GitAnswer(code, out, err.decode(errors="replace")))
        return out[:limit], len(out) > limit

    def failure(self, answer: GitAnswer) -> GitError:
        """Return the error that git's own words make."""
        cause, remedy = _explain(answer.err, self.folder)
        return GitError(self.subject, cause or f"git ended with exit code {answer.code}", remedy)


def _fed(lines: Iterable[str] | bytes) -> bytes:
    return (
        lines if isinstance(lines, bytes) else "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")
    )


def _start(subject: str, argv: list[str], given: Mapping[str, str], fed: bytes, umask: int) -> Wrapper.AutoInterrupt:
    with tempfile.TemporaryFile() as feed:
        feed.write(fed)
        feed.seek(0)
        return _wrapper(subject).execute(
            argv, istream=feed, env=dict(given), as_process=True, start_new_session=True, umask=umask
        )


def _finish(subject: str, child: Wrapper.AutoInterrupt, seconds: float) -> GitAnswer:
    process = cast("subprocess.Popen[bytes]", child.proc)
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired as late:
        raise _late(subject, seconds) from late
    finally:
        _end(process)
    return GitAnswer(process.returncode, out, err.decode(errors="replace"))


def _late(subject: str, seconds: float) -> GitError:
    return GitError(subject, f"git did not finish within {seconds:g} s", "check the network and the disk, then retry")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing of the group alive when we were interrupted or git took too long."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe:
            pipe.close()


def _settings() -> list[str]:
    return [word for setting in _SETTINGS for word in ("-c", setting)]


def _without_foreign(given: Mapping[str, str]) -> list[str]:
    found = [name for name in _FOREIGN if name in os.environ and name not in given]
    return ["env", *(word for name in found for word in ("-u", name))] if found else []


def _wrapper(subject: str) -> Wrapper:
    if shutil.which("git") is None:
        raise GitError(subject, "git is not on the PATH", "install git")
    from git import Git as Wrapped  # noqa: PLC0415 - the import starts git, and fails where it is missing

    return Wrapped()


def _explain(text: str, folder: Path) -> tuple[str, str]:
    """Return cause and next step of what git wrote to its error output."""
    for pattern, cause, remedy in _KNOWN:
        if re.search(pattern, text):
            return cause, remedy.format(folder=folder)
    return complaint(text, "fatal:", "error:"), f"check it with `git -C {folder} fsck`"


def complaint(text: str, *beginnings: str) -> str:
    """Return the first line that begins so, or else the last one, without its beginning; empty where there is none."""
    said = [line for line in text.splitlines() if line.startswith(beginnings)] or text.splitlines()[-1:]
    return (said[0].partition(": ")[2] or said[0])[:_LONGEST_CAUSE] if said else ""

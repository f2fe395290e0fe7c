"""The archives of a package: their digests, the functions that run them, and their files."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from promote_tui.adapters.serverless.template import code_key, is_packaged
from promote_tui.adapters.worktrees.install import LOCKFILES
from promote_tui.core.package.aliases import served_aliases
from promote_tui.core.package.manifest import Archive, Manifest
from promote_tui.core.package.package import Artifact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from promote_tui.core.value import Json


FUNCTION, LAYER = "AWS::Lambda::Function", "AWS::Lambda::LayerVersion"
MISSING = "missing"
_NAMES = {FUNCTION: "FunctionName", LAYER: "LayerName"}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Scan:
    """An archive as it was read: what Lambda would call CodeSha256, the digest of its content, and its files."""

    code: str
    content: str
    files: tuple[tuple[str, str], ...]


def scan(path: Path, digest: str) -> Scan:
    """Read an archive whose bytes have this SHA-256; one that is no zip has no files, and its bytes as content."""
    files = _files_in(path)
    content = digest if files is None else hashlib.sha256(json.dumps(files).encode()).hexdigest()
    code = "" if digest == MISSING else base64.b64encode(bytes.fromhex(digest)).decode()
    return Scan(code, content, tuple(files or ()))


def artifacts(template: Json, archives: Mapping[str, Scan], folder: str, kind: str = FUNCTION) -> tuple[Artifact, ...]:
    """Return what the template's functions, or layers, run of these archives, which go by their file's name.

    `folder` is where the CLI puts them in S3; code that comes from elsewhere is left out.
    """
    found = []
    for logical_id, properties, key in _code(template, kind):
        archive = archives.get(key.rpartition("/")[2])
        if archive is not None and is_packaged(key, folder):
            called = properties.get(_NAMES[kind])
            name = called if isinstance(called, str) else ""
            found.append(Artifact(logical_id, name, archive.code, archive.content))
    return tuple(sorted(found, key=lambda each: each.function))


def manifest(template: Json, archives: Mapping[str, Scan], folder: str) -> Manifest:
    """Return what the template's functions and layers run, with each file of each archive."""
    functions, layers = (artifacts(template, archives, folder, kind) for kind in (FUNCTION, LAYER))
    ours, used = {each.function for each in functions}, {each.content for each in (*functions, *layers)}
    listed = {each.content: Archive(name, each.content, each.files) for name, each in sorted(archives.items())}
    return Manifest(
        functions,
        layers,
        tuple(each for content, each in listed.items() if content in used),
        elsewhere=tuple(sorted(each for each, _, _ in _code(template, FUNCTION) if each not in ours)),
        aliases=served_aliases(template),
    )


def _code(template: Json, kind: str) -> list[tuple[str, Json, str]]:
    """Return the functions, or layers, with their properties and their code's key in S3; it is empty for an image."""
    found = []
    for logical_id, resource in (template.get("Resources") or {}).items():
        if isinstance(resource, dict) and resource.get("Type") == kind:
            properties = resource.get("Properties") or {}
            found.append((logical_id, properties, code_key(kind, properties)))
    return found


def nearest_lockfile(service: Path, root: Path) -> tuple[str, str]:
    """Return the name and the SHA-256 of the nearest lockfile, from the service's folder up to the root; else empty."""
    for folder in (service, *service.parents):
        for name in LOCKFILES:
            if (folder / name).is_file():
                return name, sha256(folder / name)
        if folder == root:
            break
    return "", ""


def _files_in(path: Path) -> list[tuple[str, str]] | None:
    """Return a zip's files with their digests, in the order of their names; None where it is no zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            return sorted((info.filename, _digest(archive, info)) for info in archive.infolist() if not info.is_dir())
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, FileNotFoundError):
        return None


def _digest(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    digest = hashlib.sha256()
    with archive.open(info) as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def sha256(path: Path) -> str:
    """Return the file's digest; what is gone is another digest, not an error: the plan is stale then."""
    with contextlib.suppress(FileNotFoundError), path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
    return MISSING

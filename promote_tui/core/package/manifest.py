"""What was packaged, file by file, to compare later builds with."""

from __future__ import annotations

from collections.abc import Mapping

from promote_tui.core.package.package import Artifact
from promote_tui.core.value import Value


class Archive(Value):
    """The files of one archive as (path, SHA-256); none where it is no zip. `content` names it among the artifacts."""

    name: str
    content: str
    files: tuple[tuple[str, str], ...] = ()


class Manifest(Value):
    """A package's code: what its functions and layers run, each archive once, and what it was built with.

    `lockfile` is the name of the nearest one, with its SHA-256; `elsewhere` are the functions whose code is
    not in the package: an image, or an archive that somebody else has put into S3. `aliases` are those that requests
    come through, by function (None: a version that did not write them down).
    """

    artifacts: tuple[Artifact, ...] = ()
    layers: tuple[Artifact, ...] = ()
    archives: tuple[Archive, ...] = ()
    lockfile: str = ""
    lockfile_digest: str = ""
    node: str = ""
    elsewhere: tuple[str, ...] = ()
    aliases: Mapping[str, tuple[str, ...]] | None = None

    def files_of(self, artifact: Artifact) -> dict[str, str]:
        """Return the files of an artifact's archive with their digests."""
        return next((dict(each.files) for each in self.archives if each.content == artifact.content), {})

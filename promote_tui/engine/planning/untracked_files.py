"""Finds files that a deploy reads and that only the user's folder has."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from promote_tui.core.package.file_references import missing_files
from promote_tui.engine.planning.origins import configuration

if TYPE_CHECKING:
    from promote_tui.core.model.pipeline import Service, Target
    from promote_tui.core.package.package import Checkout
    from promote_tui.engine.context import Context


def find_untracked(context: Context, service: Service, target: Target, checkout: Checkout) -> tuple[str, ...]:
    """Return a line for each file that the service's configuration reads, and that only the user's folder has.

    The checkout is looked at as it was prepared: what `deploy.files` copied and `deploy.before` made is there.
    Raises GitError.
    """
    main, texts = configuration(context, service, checkout.commit)
    if not main:
        return ()
    folder = posixpath.normpath(service.path)
    found = context.deployer.configuration.references(folder, main, texts, target.serverless_stage)
    there, yours = context.checkouts.present(service, checkout, found.files)
    return missing_files(found, there, yours)

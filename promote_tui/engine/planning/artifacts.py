"""Gathers what tells whether a package is what was verified in the stage before.

The record of the run that verified it comes first: it names files. Without one, Lambda says what runs there. Nothing
here raises: a comparison that cannot be made says why.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from promote_tui.core.errors import AwsError, PromoteError
from promote_tui.core.model.cells import Deployed
from promote_tui.core.package.artifact_diff import (
    Comparison,
    compare_builds,
    compare_code,
    function_names,
    no_comparison,
)
from promote_tui.core.runs.verification import NotVerified, VerifiedBy
from promote_tui.core.text import short
from promote_tui.engine import manifest_store
from promote_tui.engine.cells import read_cell
from promote_tui.engine.verification import same_code

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promote_tui.core.gates.facts import PromotionFacts
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.package.manifest import Manifest
    from promote_tui.engine.context import Context
    from promote_tui.ports import Job


def save_manifest(context: Context, job: Job) -> tuple[str, Manifest | None]:
    """Record what was packaged, and return it with its digest.

    Where that fails, or where no function or layer has code in the package, the digest is empty.
    """
    try:
        manifest = context.deployer.manifest(job)
        kept = manifest.artifacts or manifest.layers
        return (manifest_store.save(context, manifest) if kept else ""), manifest
    except PromoteError:
        return "", None


def compare_with_stage_before(context: Context, facts: PromotionFacts, manifest: Manifest | None) -> Comparison | None:
    """Return how what was packaged compares with the stage before.

    None where there is no stage before, or no function to compare.
    """
    if facts.before is None or facts.verification is None:
        return None
    if manifest is None:
        why, remedy = "the package could not be recorded", "make the state folder writable, then plan again"
        return no_comparison(why, remedy)
    if not (manifest.artifacts or manifest.layers):
        return _nothing_in(manifest)
    try:
        return _compared(context, facts, manifest)
    except PromoteError as error:
        return no_comparison(error.cause, error.remedy)


def _nothing_in(manifest: Manifest) -> Comparison | None:
    if not manifest.elsewhere:
        return None
    names = ", ".join(manifest.elsewhere[:3])
    remedy = "set same_artifact to warn for this stage, or package the functions' code"
    return no_comparison(f"the code of {names} is not in the package", remedy)


def _compared(context: Context, facts: PromotionFacts, manifest: Manifest) -> Comparison:
    before, found = facts.before, facts.verification
    if isinstance(found, NotVerified):
        return no_comparison(found.reason)
    if isinstance(found, VerifiedBy):
        theirs = manifest_store.load_of_run(context, found.run)
        if theirs is not None:
            there, same = f"run {found.run} in {before}", found.commit == facts.commit
            return compare_builds(manifest, theirs, there, same_commit=same)
        lacking = f"what run {found.run} shipped to {before} is not on record on this machine"
    else:
        lacking = f"{before} was deployed without a record"
    return _with_lambda(context, facts, manifest, lacking)


def _with_lambda(context: Context, facts: PromotionFacts, manifest: Manifest, lacking: str) -> Comparison:
    service = context.pipeline.service(facts.target.service)
    there = service.target(str(facts.before))
    cell = read_cell(context, there)
    if not isinstance(cell, Deployed) or not same_code(context, service, {cell.commit, facts.commit})(
        cell.commit, facts.commit
    ):
        return no_comparison(f"{lacking}, and {there.stage} does not run {short(facts.commit)} now")
    try:
        names, runs = _names(context, there, cell.stack.id), context.ports.functions.code(there)
    except AwsError as error:
        remedy = error.remedy or f"allow lambda:ListFunctions in {there.stage}, then plan again"
        return no_comparison(f"{lacking}, and Lambda may not be read ({error.cause})", remedy)
    code = {function: runs[name] for function, name in names.items() if name in runs}
    if not manifest.artifacts:
        return no_comparison(f"{lacking}, and Lambda does not report the code of layers")
    return compare_code(manifest, code, there.stage)


def _names(context: Context, target: Target, stack_id: str) -> Mapping[str, str]:
    """Return the functions' names by their logical ids; those of other resources do no harm."""
    with contextlib.suppress(AwsError):
        return context.inspector.resources(target, stack_id)
    return function_names(context.inspector.template(target, stack_id))

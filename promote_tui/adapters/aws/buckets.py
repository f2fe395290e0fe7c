"""S3: whether a bucket holds anything, and deleting what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from promote_tui.adapters.aws.calls import call_checked
from promote_tui.adapters.aws.refusals import code
from promote_tui.core.errors import AwsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promote_tui.adapters.aws.accounts import AwsAccounts
    from promote_tui.adapters.aws.session import AwsSession
    from promote_tui.core.model.pipeline import Target
    from promote_tui.core.value import Json

_GONE = frozenset({"NoSuchBucket", "404"})
_NAMED = 3
"""Objects that could not be deleted which a message names."""


class S3Buckets:
    """The BucketStore port."""

    def __init__(self, accounts: AwsAccounts) -> None:
        self._accounts = accounts

    def has_contents(self, target: Target, bucket: str) -> bool:
        """Tell whether a bucket holds anything; one that is gone holds nothing."""
        return call_checked(self._accounts, target, lambda session: any(page for page in _pages(session, bucket)))

    def empty(self, target: Target, bucket: str) -> None:
        """Delete everything that a bucket holds, every version too."""
        call_checked(self._accounts, target, lambda session: _empty(session, target, bucket))


def _pages(session: AwsSession, bucket: str) -> Iterator[list[dict[str, str]]]:
    """Yield what a bucket holds, page by page: an object of a bucket without versions is one version of it."""
    pages = session.client("s3").get_paginator("list_object_versions").paginate(Bucket=bucket)
    try:
        for page in pages:
            found = (*page.get("Versions", ()), *page.get("DeleteMarkers", ()))
            yield [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in found]
    except ClientError as error:
        if code(error) not in _GONE:
            raise


def _empty(session: AwsSession, target: Target, bucket: str) -> None:
    for objects in _pages(session, bucket):
        if objects:
            answer: Json = session.client("s3").delete_objects(
                Bucket=bucket, Delete={"Objects": objects, "Quiet": True}
            )
            left = [f"{each.get('Key')}: {each.get('Message')}" for each in answer.get("Errors", ())]
            if left:
                cause = f"{len(left)} objects of the bucket {bucket} cannot be deleted: {'; '.join(left[:_NAMED])}"
                raise AwsError(str(target), cause, "delete them by hand, then remove it again")

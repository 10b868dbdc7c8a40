"""The boards' documents in the files bucket, one for each board, by its token.

CloudFront reads them there (infra/aws/site.yaml), so a display costs no request to a table. A document is replaced only
if it is still the one that was read, and a deleted one is not made again by accident.
"""

from functools import cache
from typing import Any, NamedTuple

import msgspec
from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.settings import settings
from chalicelib.visits.model import BoardDocument

# How long CloudFront and browsers may keep a document: 200 displays read it from the bucket once a second at most.
_KEPT = "max-age=1"
_MISSING = ("404", "NoSuchKey", "NotFound")
_CHANGED = ("PreconditionFailed", "ConditionalRequestConflict", *_MISSING)


class StoredDocument(NamedTuple):
    """A board's document in the bucket.

    etag: identifies this content.
    """

    document: BoardDocument
    etag: str


@cache
def _s3() -> Any:
    return aws.client("s3", read_timeout=5, attempts=2, s3={"addressing_style": "path"})


def _file(token: str) -> dict[str, str]:
    return {"Bucket": settings().bucket, "Key": f"boards/{token}.json"}


def read(token: str) -> StoredDocument | None:
    """The board's document; None if there is none."""
    stored = stored_bytes(token)
    return StoredDocument(msgspec.json.decode(stored[0], type=BoardDocument), stored[1]) if stored else None


def stored_bytes(token: str) -> tuple[bytes, str] | None:
    """The board's document as displays get it, and its ETag; None if there is none."""
    try:
        stored = _s3().get_object(**_file(token))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return None
    return aws.body_of(stored), stored["ETag"]


def put(token: str, document: BoardDocument, before: StoredDocument | None) -> bool:
    """Write a document over `before`, or a new one.

    Returns False if another one was written since, or it was deleted.
    """
    condition = {"IfMatch": before.etag} if before else {"IfNoneMatch": "*"}
    body = msgspec.json.encode(document)
    try:
        _s3().put_object(**_file(token), Body=body, ContentType="application/json", CacheControl=_KEPT, **condition)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _CHANGED:
            raise
        return False
    return True


def delete(token: str) -> None:
    """Delete a board's document, if there is one."""
    _s3().delete_object(**_file(token))

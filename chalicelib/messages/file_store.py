"""Target files and the reports on them, in the bucket, by target list. Those of a list that is thrown away go with it;
a lifecycle rule deletes all others after 30 days (infra/)."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.errors import Invalid
from chalicelib.settings import settings

LARGEST_FILE = 64_000_000
_BLOCK = 262_144
_URL_LIFETIME_SECONDS = 900


@cache
def _s3() -> Any:
    # Path style works on every engine; SigV4, because a presigned PUT must bind the length.
    how = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}}
    return aws.client("s3", read_timeout=5, attempts=2, **how)


def _folder(kind: str, message_key: str) -> str:
    return f"{kind}/{message_key.replace('#', '/')}/"


def _key(message_key: str, upload_id: str) -> str:
    return f"{_folder('targets', message_key)}{upload_id}.txt"


def _report_key(message_key: str, upload_id: str, portion: int) -> str:
    return f"{_folder('reports', message_key)}{upload_id}/{portion:05d}.json"


def upload_url(message_key: str, upload_id: str, size: int) -> str:
    """Where the browser PUTs a target file of exactly `size` bytes within 15 minutes."""
    where = {"Bucket": settings().bucket, "Key": _key(message_key, upload_id), "ContentLength": size}
    url: str = _s3().generate_presigned_url("put_object", Params=where, ExpiresIn=_URL_LIFETIME_SECONDS)
    return url


def keep(message_key: str, upload_id: str, content: bytes) -> None:
    """Keeps a target file that came through the API."""
    _s3().put_object(Bucket=settings().bucket, Key=_key(message_key, upload_id), Body=content)


def size_of(message_key: str, upload_id: str) -> int:
    """Bytes of a file that was uploaded. Raises Invalid where there is none, or more than LARGEST_FILE."""
    try:
        found = _s3().head_object(Bucket=settings().bucket, Key=_key(message_key, upload_id))
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey", "NotFound"):
            raise
        raise Invalid(fields={"upload_id": "no file was uploaded under this id"}) from None
    size = int(found["ContentLength"])
    if size > LARGEST_FILE:
        raise Invalid(fields={"upload_id": f"the file is larger than {LARGEST_FILE} bytes"})
    return size


def blocks(message_key: str, upload_id: str, offset: int, size: int) -> Iterator[bytes]:
    """A target file from a byte on, a block a request: matching is slow, and a stream left open would be cut."""
    while offset < size:
        where = {"Bucket": settings().bucket, "Key": _key(message_key, upload_id)}
        block = aws.body_of(_s3().get_object(**where, Range=f"bytes={offset}-{min(offset + _BLOCK, size) - 1}"))
        offset += len(block)
        yield block


def put_report(message_key: str, upload_id: str, portion: int, lines: list[tuple[int, str]]) -> None:
    """Keeps what was not taken of a portion: (line number, reason). No ids: the hospital has the file."""
    key = _report_key(message_key, upload_id, portion)
    _s3().put_object(Bucket=settings().bucket, Key=key, Body=json.dumps(lines).encode())


def report(message_key: str, upload_id: str, portion: int) -> list[tuple[int, str]]:
    """The lines of one portion that were not taken; empty where every line was."""
    try:
        found = _s3().get_object(Bucket=settings().bucket, Key=_report_key(message_key, upload_id, portion))
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchKey"):
            raise
        return []
    return [(int(number), str(reason)) for number, reason in json.loads(aws.body_of(found))]


def forget(message_key: str) -> bool:
    """Deletes every file of a target list, at most a thousand of each kind; False where there are more."""
    whole = True
    for kind in ("targets", "reports"):
        found = _s3().list_objects_v2(Bucket=settings().bucket, Prefix=_folder(kind, message_key))
        for one in found.get("Contents", []):
            _s3().delete_object(Bucket=settings().bucket, Key=one["Key"])
        whole = whole and not found["IsTruncated"]
    return whole

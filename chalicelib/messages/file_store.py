"""Target files and the reports on them, in the bucket.

They are deleted with their target list, and by a lifecycle rule after 30 days (infra/aws). A target list is named by
its `Message.list_key`; a report belongs to one chunk of an upload, counted from 0.
"""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.errors import Invalid
from chalicelib.settings import settings

MAX_FILE_BYTES = 64_000_000
_BLOCK_BYTES = 262_144
_URL_LIFETIME_SECONDS = 900
_NO_SUCH_FILE = ("404", "NoSuchKey", "NotFound")


@cache
def _s3() -> Any:
    # Path style works on every engine; SigV4, because a presigned PUT must fix the length.
    options = {"signature_version": "s3v4", "s3": {"addressing_style": "path"}}
    return aws.client("s3", read_timeout=5, attempts=2, **options)


def _folder(kind: str, list_key: str) -> str:
    return f"{kind}/{list_key.replace('#', '/')}/"


def _file(list_key: str, upload_id: str) -> dict[str, str]:
    return {"Bucket": settings().bucket, "Key": f"{_folder('targets', list_key)}{upload_id}.txt"}


def _report(list_key: str, upload_id: str, chunk: int) -> dict[str, str]:
    return {"Bucket": settings().bucket, "Key": f"{_folder('reports', list_key)}{upload_id}/{chunk:05d}.json"}


def upload_url(list_key: str, upload_id: str, size: int) -> str:
    """The URL to which the browser PUTs a target file.

    The file must have exactly `size` bytes, and be sent within 15 minutes.
    """
    parameters = {**_file(list_key, upload_id), "ContentLength": size}
    url: str = _s3().generate_presigned_url("put_object", Params=parameters, ExpiresIn=_URL_LIFETIME_SECONDS)
    return url


def keep(list_key: str, upload_id: str, content: bytes) -> None:
    """Store a target file that came through the API."""
    _s3().put_object(**_file(list_key, upload_id), Body=content)


def size_of(list_key: str, upload_id: str) -> int:
    """Bytes of an uploaded file.

    Raises Invalid if there is none or it is larger than MAX_FILE_BYTES.
    """
    try:
        head = _s3().head_object(**_file(list_key, upload_id))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_SUCH_FILE:
            raise
        raise Invalid(fields={"upload_id": "no file was uploaded under this id"}) from None
    size = int(head["ContentLength"])
    if size > MAX_FILE_BYTES:
        raise Invalid(fields={"upload_id": f"the file is larger than {MAX_FILE_BYTES} bytes"})
    return size


def blocks(list_key: str, upload_id: str, offset: int, size: int) -> Iterator[bytes]:
    """A target file from byte `offset` on, in blocks, one request a block.

    Matching is slow, and an open stream would be cut off.
    """
    file = _file(list_key, upload_id)
    while offset < size:
        last = min(offset + _BLOCK_BYTES, size) - 1
        block = aws.body_of(_s3().get_object(**file, Range=f"bytes={offset}-{last}"))
        offset += len(block)
        yield block


def put_report(list_key: str, upload_id: str, chunk: int, lines: list[tuple[int, str]]) -> None:
    """Store (line number, reason) of the lines of a chunk that were refused.

    The report has no ids: the hospital has the file.
    """
    _s3().put_object(**_report(list_key, upload_id, chunk), Body=json.dumps(lines).encode())


def report(list_key: str, upload_id: str, chunk: int) -> list[tuple[int, str]]:
    """(line number, reason) of the lines of a chunk that were refused.

    Empty if none was refused.
    """
    try:
        stored = _s3().get_object(**_report(list_key, upload_id, chunk))
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_SUCH_FILE:
            raise
        return []
    return [(int(number), str(reason)) for number, reason in json.loads(aws.body_of(stored))]


def erase(list_key: str) -> bool:
    """Delete the files of a target list; True if nothing is left.

    At most a thousand of each kind are deleted.
    """
    complete = True
    for kind in ("targets", "reports"):
        listed = _s3().list_objects_v2(Bucket=settings().bucket, Prefix=_folder(kind, list_key))
        for file in listed.get("Contents", []):
            _s3().delete_object(Bucket=settings().bucket, Key=file["Key"])
        complete = complete and not listed["IsTruncated"]
    return complete

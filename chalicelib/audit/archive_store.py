"""The bucket of the audit's archive.

A file is written once; the bucket's object lock keeps it (infra/aws).
"""

from datetime import date
from functools import cache
from typing import Any

from botocore.exceptions import ClientError

from chalicelib import aws
from chalicelib.audit.archive_format import ENTRIES, MANIFESTS, day_of, folder, manifest_key
from chalicelib.settings import settings

_EXISTS = ("PreconditionFailed", "412")


@cache
def _s3() -> Any:
    return aws.client("s3", read_timeout=20, attempts=3, s3={"addressing_style": "path"})


def put(key: str, content: bytes) -> bool:
    """Write a file; False if the key exists already, and then its file stays as it is."""
    try:
        _s3().put_object(Bucket=settings().audit_bucket, Key=key, Body=content, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in _EXISTS:
            raise
        return False
    return True


def files_of(day: date) -> tuple[str, ...]:
    """The keys of a day's files."""
    return tuple(_keys(folder(day)))


def first_day() -> date | None:
    """The day of the first file; None if there is no file."""
    listed = _s3().list_objects_v2(Bucket=settings().audit_bucket, Prefix=ENTRIES, MaxKeys=1).get("Contents", [])
    return day_of(listed[0]["Key"]) if listed else None


def last_manifest() -> tuple[date, bytes] | None:
    """(day, content) of the newest manifest; None if there is none."""
    keys = _keys(MANIFESTS)
    if not keys:
        return None
    day = day_of(keys[-1])
    stored = _s3().get_object(Bucket=settings().audit_bucket, Key=manifest_key(day))
    return day, aws.body_of(stored)


def _keys(prefix: str) -> list[str]:
    """The keys that begin with the prefix, in order; a thousand a request."""
    pages = _s3().get_paginator("list_objects_v2").paginate(Bucket=settings().audit_bucket, Prefix=prefix)
    return [file["Key"] for page in pages for file in page.get("Contents", [])]

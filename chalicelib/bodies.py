"""Read the body of a request: JSON, or a form."""

import json
import re
from typing import Any
from urllib.parse import parse_qsl

from chalicelib import errors

_FORM_FIELD = re.compile(rb'name="(\w+)"')


def read_json(raw: bytes) -> Any:
    """The value of a JSON body. Raises Invalid."""
    if not raw.strip():
        raise errors.Invalid(fields={"body": "the body is empty; send a JSON object"})
    try:
        return json.loads(raw.decode("utf-8-sig"))  # some systems send a byte order mark first
    except UnicodeDecodeError:
        raise errors.Invalid(fields={"body": "the body is not valid UTF-8"}) from None
    except (ValueError, RecursionError):
        raise errors.Invalid(fields={"body": "the body is not valid JSON"}) from None


def read_json_or_form(raw: bytes) -> dict[str, Any]:
    """The fields of a JSON or form body, whatever the content type is.

    JSON that is not an object counts as empty.
    """
    if raw.startswith(b"--"):
        return _multipart(raw)
    if not raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))
    sent = read_json(raw)
    return sent if isinstance(sent, dict) else {}


def _multipart(raw: bytes) -> dict[str, str]:
    """The fields of a multipart form.

    PHP and Postman send forms in this way. The first line is the boundary.
    """
    boundary = raw.split(b"\r\n", 1)[0]
    fields = {}
    for part in raw.split(boundary):
        head, _, value = part.partition(b"\r\n\r\n")
        if name := _FORM_FIELD.search(head):
            fields[name[1].decode()] = value.removesuffix(b"\r\n").decode("utf-8", "replace")
    return fields

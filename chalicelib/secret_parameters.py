"""The secrets of a function, from SSM Parameter Store.

A secret is the parameter `/moph/<stage>/<name>` (docs/adr/0020). The secrets are read when the first one is needed, and
again every five minutes, so that a changed secret needs no deployment.
"""

import logging
import os
import threading
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib import aws, metrics
from chalicelib.errors import TryAgain
from chalicelib.settings import settings

MAX_AGE_SECONDS = 300.0
log = logging.getLogger("moph")


@dataclass
class _Cache:
    """The secrets that were read last.

    read_at: seconds of a monotonic clock; None before the first read.
    """

    values: dict[str, str] = field(default_factory=dict)
    read_at: float | None = None


_cache = _Cache()
_lock = threading.Lock()


def secret(name: str) -> str:
    """The secret with this name; "" if the function has none.

    The environment variable SECRETS names the secrets that the function reads from SSM. If it is not set, on one
    machine, each secret is an environment variable. If SSM cannot be reached, the last values are used. Raises TryAgain
    if there are none yet, and RuntimeError if none of the parameters exists.
    """
    names = [each for each in os.environ.get("SECRETS", "").split(",") if each]
    if not names:
        return os.environ.get(name.upper(), "")
    with _lock:
        if _cache.read_at is None or time.monotonic() - _cache.read_at >= MAX_AGE_SECONDS:
            _refresh(names)
        return _cache.values.get(name, "")


def _refresh(names: list[str]) -> None:
    try:
        values = _read(names)
    except TryAgain:
        if _cache.read_at is None:
            raise
        log.error(metrics.line({"outcome": "SecretsNotRead"}))
    else:
        _cache.values = values
    _cache.read_at = time.monotonic()


def _read(names: list[str]) -> dict[str, str]:
    """Read the secrets that exist.

    Some may be missing, because a gateway needs a token or a pair of keys. Raises RuntimeError if none exists.
    """
    prefix, ssm, values = f"/moph/{settings().stage}/", _ssm(), {}
    for name in names:
        try:
            values[name] = ssm.get_parameter(Name=prefix + name, WithDecryption=True)["Parameter"]["Value"]
        except ssm.exceptions.ParameterNotFound:
            continue
    if not values:
        raise RuntimeError(f"none of the SSM parameters {prefix} {', '.join(names)} exists")
    return values


@cache
def _ssm() -> Any:
    return aws.client("ssm", read_timeout=2, attempts=2)

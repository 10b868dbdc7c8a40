"""Health checks for load balancers, deployments and `make run`."""

import msgspec

from chalicelib import release
from chalicelib.endpoint import EVERYONE, endpoint
from chalicelib.errors import TryAgain
from chalicelib.schedules import actions as schedules


class Health(msgspec.Struct):
    """State of the process, and its release; an addition of ours.

    version, code: of the release; code is "dev" if it was not packaged.
    """

    status: str
    version: str = release.VERSION
    code: str = release.CODE


@endpoint("GET", "/health", roles=EVERYONE, section="Operations", thai="ระบบทำงานอยู่หรือไม่")
def health() -> Health:
    """Whether the process answers; uses no other service."""
    return Health("up")


@endpoint("GET", "/ready", roles=EVERYONE, section="Operations", thai="ระบบเข้าถึงฐานข้อมูลได้หรือไม่", errors=(TryAgain,))
def ready() -> Health:
    """Whether the tables can be reached; 503 if they cannot."""
    schedules.check_storage()
    return Health("ready")

"""Lines of history: what happened to an account, a group, a hospital, and who signed in. Pure."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

DONE, REFUSED = "done", "refused"
SIGN_IN = "sign-in#"

Changes = dict[str, list[Any]]


@dataclass(frozen=True)
class AuditEntry:
    """subject: whose history it is in. at: ISO time in Bangkok with microseconds, "#" and a few random letters. actor:
    "login@hospital_code", or a command's name. changes: field -> [from, to]; of a password only that it was set."""

    subject: str
    at: str
    actor: str
    action: str
    outcome: str = DONE
    changes: Changes = field(default_factory=dict)


def of_account(hospital_code: str, login: str) -> str:
    """The subject of an account's history."""
    return f"account#{hospital_code}#{login}"


def of_sign_ins(hospital_code: str, login: str) -> str:
    """The subject of a login's sign-in events."""
    return f"{SIGN_IN}{hospital_code}#{login}"


def of_group(hospital_code: str, group_id: int) -> str:
    """The subject of a user group's history."""
    return f"group#{hospital_code}#{group_id}"


def of_hospital(hospital_code: str) -> str:
    """The subject of a hospital's history."""
    return f"hospital#{hospital_code}"


def line(
    subject: str, actor: str, action: str, now: datetime, changes: Changes | None = None, outcome: str = DONE
) -> AuditEntry:
    """A line of this moment."""
    at = f"{now.isoformat(timespec='microseconds')}#{secrets.token_hex(3)}"
    return AuditEntry(subject, at, actor, action, outcome, changes or {})

"""An entry of the audit."""

from dataclasses import dataclass, field
from typing import Any

DONE, REFUSED = "done", "refused"


@dataclass(frozen=True)
class AuditEntry:
    """One action on one subject, which was done or refused.

    subject: in whose history it is (`rules.py`). at: ISO time in Bangkok, "#" and a suffix that tells two entries of
    one moment apart. actor: "login@hospital_code", a login alone, or a command's name. outcome: DONE or REFUSED.
    changes: field -> value, or field -> [from, to]; never a password, a verifier, a token or a national id in full.
    """

    subject: str
    at: str
    actor: str
    action: str
    outcome: str = DONE
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """The time without the suffix."""
        return self.at.split("#")[0]

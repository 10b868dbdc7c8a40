"""What an entry of the audit says, and how one is read from a change of an appointment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Image = Mapping[str, Any]
"""An appointment's row as the stream has it: attribute -> {"S": text} or {"N": digits}."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened to a subject. at: ISO time in Bangkok, "#" and what tells two things of one moment apart;
    the same change always gets the same `at`. actor: the login, with its hospital where that is known. changes: what
    the entry is about; never a national id or a name."""

    subject: str
    at: str
    actor: str
    action: str
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def when(self) -> str:
        """The time alone."""
        return self.at.split("#")[0]


def place_subject(hospital_code: str, schedule_id: int, place: int) -> str:
    """The subject of whatever happens to the holders of one place."""
    return f"appointment#{hospital_code}#{schedule_id}#{place}"


def message_subject(hospital_code: str, message_id: int) -> str:
    """The subject of what is done with an announcement."""
    return f"message#{hospital_code}#{message_id}"


def entry_of_change(old: Image | None, new: Image | None) -> Entry | None:
    """The entry for a change of an appointment's row (before, after); None where nothing happened that people did."""
    if not new:
        return None
    action = _action(old or {}, new)
    if action is None:
        return None
    changes: dict[str, Any] = {"queue_no": _text(new, "queue_no"), "version": int(_text(new, "version"))}
    if action == "book":
        changes["booked_by"] = _text(new, "booked_by")
        changes["system"] = _text(new, "booked_system")
    if action == "postpone":
        changes["to_schedule_id"] = int(_text(new, "moved_to_schedule_id"))
    return Entry(
        subject=place_subject(_text(new, "hospital_code"), int(_text(new, "schedule_id")), int(_text(new, "place"))),
        # Made of the row alone, so that a record seen twice is written to the same place.
        at=f"{_text(new, 'changed_at')}#{changes['version']:06d}-{_text(new, 'check_code')}",
        actor=_text(new, "changed_login"),
        action=action,
        changes=changes,
    )


def _action(old: Image, new: Image) -> str | None:
    state = _text(new, "state")
    if state == "booked" and _text(old, "check_code") != _text(new, "check_code"):
        return "book"
    if _text(old, "state") != state:
        return {"cancelled": "cancel", "postponed": "postpone"}.get(state)
    for attribute, set_now, taken_back in (("accepted_at", "accept", "reject"), ("confirmed_at", "confirm", None)):
        before, after = _text(old, attribute), _text(new, attribute)
        if before != after:
            return set_now if after else taken_back
    return None


def _text(image: Image, attribute: str) -> str:
    value = image.get(attribute) or {}
    return str(value.get("S", value.get("N", "")))

"""Looking people up and putting them on a white list (manual 2.5; wire contract, white list)."""

from collections.abc import Iterable

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import Forbidden, PersonNotFound
from chalicelib.people import store
from chalicelib.people.model import Person
from chalicelib.schedules import actions as schedules


def registered(cid: str) -> Person | None:
    """The person as the registry knows them, or None."""
    return store.registered(cid)


def known(hospital_code: str, cid: str) -> Person:
    """The person as the registry knows them, or else as this hospital's white list does. Raises PersonNotFound."""
    found = store.known(hospital_code, cid)
    if found is None:
        raise PersonNotFound()
    return found


def languages_of(cids: Iterable[str]) -> dict[str, str]:
    """id -> the language the person is written to: "th" until they chose "en" in the app. For other rooms."""
    each = list(dict.fromkeys(cids))
    chosen = store.languages_of(each)
    return {cid: chosen.get(cid) or "th" for cid in each}


def choose_language(cid: str, language: str) -> None:
    """Notices to the person are in this language ("th", "en") from now on."""
    store.choose_language(cid, language)


def add_to_white_list(caller: Caller, hospital_code: str, people: list[Person]) -> int:
    """Puts people on a hospital's white list and returns how many; of two entries of one id the later counts. Again:
    nothing changes but their details. Raises Forbidden where the hospital is not the caller's and the caller is not
    country-level, HospitalNotFound."""
    if hospital_code != caller.hospital_code:
        if not caller.is_country:
            raise Forbidden(
                "hospital.hospital_code is not the hospital of this token.",
                "รหัสหน่วยบริการผู้ส่งไม่ตรงกับหน่วยบริการของ token",
                fields={"hospital.hospital_code": "must be the hospital that the token was issued to"},
            )
        schedules.hospital(hospital_code)
    each = {person.cid: person for person in people}
    store.add_to_white_list(hospital_code, list(each.values()), clock.now().isoformat(timespec="seconds"))
    return len(each)


def white_listed(hospital_code: str, cids: list[str]) -> dict[str, str]:
    """id -> name, for those of the ids that are on the hospital's white list. For other rooms."""
    return {cid: person.name for cid, person in store.white_listed(hospital_code, cids).items()}


def white_list(caller: Caller, after: str, limit: int) -> list[Person]:
    """The caller's hospital's white list by id, from the one behind `after` on."""
    return store.white_list(caller.hospital_code, after, limit)


def find_in_white_list(caller: Caller, cid: str) -> Person:
    """The person as the hospital's own white list knows them. Raises PersonNotFound."""
    found = store.white_listed(caller.hospital_code, [cid])
    if cid not in found:
        raise PersonNotFound()
    return found[cid]


def remove_from_white_list(caller: Caller, cid: str) -> None:
    """Takes a person off the hospital's white list. Raises PersonNotFound where they were not on it."""
    if not store.remove_from_white_list(caller.hospital_code, cid):
        raise PersonNotFound()

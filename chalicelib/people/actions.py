"""Find people and keep the white lists (manual 2.5, 3; wire contract, white list)."""

from collections.abc import Iterable

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import Forbidden, PersonNotFound
from chalicelib.people import opt_out_store, store
from chalicelib.people.model import CARE, OptOut, Person
from chalicelib.schedules import actions as schedules


def registered(cid: str) -> Person | None:
    """The person as the registry knows them, or None."""
    return store.registered(cid)


def known(hospital_code: str, cid: str) -> Person:
    """The person as the registry knows them, else as this hospital's white list does. Raises PersonNotFound."""
    person = store.known(hospital_code, cid)
    if person is None:
        raise PersonNotFound()
    return person


def languages_of(cids: Iterable[str]) -> dict[str, str]:
    """id -> the language of notices to the person: "th" until they choose "en" in the app."""
    different = list(dict.fromkeys(cids))
    chosen = store.languages_of(different)
    return {cid: chosen.get(cid) or "th" for cid in different}


def choose_language(cid: str, language: str) -> None:
    """Write notices to the person in this language ("th", "en") from now on."""
    store.choose_language(cid, language)


def choose_announcements(cid: str, hospital_code: str, wanted: bool) -> str:
    """Send the person announcements of a hospital, or none, from now on. Notices are always sent.

    Returns the hospital's name. Raises HospitalNotFound.
    """
    name = schedules.hospital(hospital_code).name
    if wanted:
        opt_out_store.remove(cid, hospital_code)
    else:
        opt_out_store.add(OptOut(cid, hospital_code, name))
    return name


def opt_outs(cid: str) -> list[OptOut]:
    """The hospitals whose announcements the person does not want."""
    return opt_out_store.of_person(cid)


def opted_out(hospital_code: str, cids: list[str]) -> set[str]:
    """Those of the people who want no announcements of a hospital. No id may come twice."""
    return opt_out_store.opted_out(hospital_code, cids)


def add_to_white_list(caller: Caller, hospital_code: str, people: list[Person], basis: str = CARE) -> int:
    """Put people on a hospital's white list; return how many. Of two entries with the same id the later counts.

    A repeat changes only their details. basis: one of BASES. Raises Forbidden if it is another hospital than the
    caller's and the caller is not country-level, HospitalNotFound.
    """
    if hospital_code != caller.hospital_code:
        if not caller.is_country:
            raise Forbidden(
                "hospital.hospital_code is not the hospital of this token.",
                "รหัสหน่วยบริการผู้ส่งไม่ตรงกับหน่วยบริการของ token",
                fields={"hospital.hospital_code": "must be the hospital that the token was issued to"},
            )
        schedules.hospital(hospital_code)
    by_cid = {person.cid: person for person in people}
    store.add_to_white_list(hospital_code, list(by_cid.values()), clock.now().isoformat(timespec="seconds"), basis)
    return len(by_cid)


def white_listed(hospital_code: str, cids: list[str]) -> dict[str, str]:
    """id -> name, for those of the ids that are on the hospital's white list."""
    return {cid: person.name for cid, person in store.white_listed(hospital_code, cids).items()}


def white_list(caller: Caller, after: str, limit: int) -> list[Person]:
    """A page of the white list of the caller's hospital, by id, after the id `after`."""
    return store.white_list(caller.hospital_code, after, limit)


def find_in_white_list(caller: Caller, cid: str) -> Person:
    """The person as the hospital's own white list knows them. Raises PersonNotFound."""
    people = store.white_listed(caller.hospital_code, [cid])
    if cid not in people:
        raise PersonNotFound()
    return people[cid]


def remove_from_white_list(caller: Caller, cid: str) -> None:
    """Take a person off the hospital's white list. Raises PersonNotFound if they were not on it."""
    if not store.remove_from_white_list(caller.hospital_code, cid):
        raise PersonNotFound()

"""Find people and keep the white lists (manual 2.5, 3; wire contract, white list)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from chalicelib import clock
from chalicelib.caller import Caller
from chalicelib.errors import EditConflict, Forbidden, PersonNotFound
from chalicelib.people import opt_out_store, person_search_rules, store
from chalicelib.people.model import KnownPerson, ListedPeople, OptOut, Person, PersonEntry
from chalicelib.schedules import actions as schedules

# About 1 MB of entries a page: what one Query reads.
SEARCHED_A_CALL = 4_000
_PAGES_COUNTED = 8


def known(hospital_code: str, cid: str) -> KnownPerson:
    """The person as this hospital knows them. Raises PersonNotFound."""
    known_person = store.known(hospital_code, cid)
    if known_person is None:
        raise PersonNotFound()
    return known_person


def shown_to(caller: Caller, cid: str) -> Person | None:
    """The person as the caller's hospital knows them; None if nobody does.

    For the app's back end: the person as the registry knows them.
    """
    if caller.is_country:
        return store.registered(cid)
    known_person = store.known(caller.hospital_code, cid)
    return known_person.person if known_person else None


def languages_of(cids: Iterable[str]) -> dict[str, str]:
    """id -> language of notices: "th" until the person chooses "en" in the app."""
    different = list(dict.fromkeys(cids))
    chosen = store.languages_of(different)
    return {cid: chosen.get(cid) or "th" for cid in different}


def choose_language(cid: str, language: str) -> None:
    """Write notices to the person in this language ("th", "en") from now on."""
    store.choose_language(cid, language)


def choose_announcements(cid: str, hospital_code: str, wanted: bool) -> str:
    """Set whether a person gets announcements of a hospital from now on.

    Notices are always sent. Returns the hospital's name. Raises HospitalNotFound.
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
    """The people among these who want no announcements of a hospital.

    No id may come twice.
    """
    return opt_out_store.opted_out(hospital_code, cids)


def add_to_white_list(
    caller: Caller, hospital_code: str, people: list[Person], basis: str | None = None
) -> ListedPeople:
    """Put people on a hospital's white list; return how many.

    If two entries have the same id, the later one counts. A repeat changes only their details. basis: one of BASES;
    None: that of the present entry, or CARE.

    Raises HospitalNotFound, and Forbidden if it is another hospital than the caller's and the caller is not
    country-level.
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
    added_at = _said_at()
    entries = [PersonEntry(person, caller.hospital_code, caller.login, added_at) for person in by_cid.values()]
    before = store.add_to_white_list(hospital_code, entries, basis)
    unchanged = sum(person == by_cid[cid] for cid, person in before.items())
    return ListedPeople(len(by_cid), len(before) - unchanged, unchanged)


def telephones_of(hospital_code: str, cids: Iterable[str]) -> dict[str, str]:
    """id -> telephone, of the people who have one; the mobile one is preferred.

    It is the number that the hospital's own entry has, else that of the registry.
    """
    known_people = store.known_people(hospital_code, list(dict.fromkeys(cids)))
    return {cid: telephone for cid, person in known_people.items() if (telephone := person.telephones[1])}


def white_listed(hospital_code: str, cids: list[str]) -> dict[str, str]:
    """id -> name, for the ids among these that are on the hospital's white list."""
    return {cid: person.name for cid, person in store.white_listed(hospital_code, cids).items()}


def names_of(hospital_code: str, cids: list[str]) -> dict[str, str]:
    """id -> name, from the hospital's own entry, else from that of the registry.

    No id may come twice.
    """
    return {cid: person.name for cid, person in store.known_people(hospital_code, cids).items()}


def white_list(caller: Caller, after: str, limit: int) -> list[Person]:
    """A page of the white list of the caller's hospital, by id, after the id `after`."""
    return white_list_of(caller.hospital_code, after, limit)


def white_list_of(hospital_code: str, after: str, limit: int) -> list[Person]:
    """A page of a hospital's white list, by id, after the id `after`."""
    return store.white_list(hospital_code, after, limit)


def count_white_list(caller: Caller) -> tuple[int, bool]:
    """How many people are on the hospital's white list, and whether these are all."""
    return store.count_white_list(caller.hospital_code, _PAGES_COUNTED)


def search_white_list(caller: Caller, typed: str, after: str, limit: int) -> tuple[list[Person], str]:
    """Search the next SEARCHED_A_CALL people of the white list, in the order of ids.

    typed: the beginning of a first or last name, or digits of a telephone number. Returns at most `limit` people, and
    the id after which the next call continues; "" if nothing is left. Raises Invalid if `typed` is too short.
    """
    words = person_search_rules.read_words(typed)
    matches: list[Person] = []
    searched, last = 0, ""
    for person in store.names_of_white_list(caller.hospital_code, after, SEARCHED_A_CALL):
        searched, last = searched + 1, person.cid
        names = person.name, f"{person.prefix} {person.first_name} {person.last_name}"
        if person_search_rules.is_wanted_person(words, names, (person.phone_number, person.mobile_phone)):
            matches.append(person)
            if len(matches) == limit:
                return matches, last
    return matches, last if searched == SEARCHED_A_CALL else ""


def white_list_entry(caller: Caller, cid: str) -> PersonEntry:
    """The hospital's own entry of a person, with who said it. Raises PersonNotFound."""
    entry = store.white_list_entry(caller.hospital_code, cid)
    if entry is None:
        raise PersonNotFound()
    return entry


def edit_white_list(caller: Caller, cid: str, changes: dict[str, Any], added_at: str) -> PersonEntry:
    """Change details of a person on the hospital's white list; return the entry.

    changes: fields of Person. The other fields, the legal basis and how long the entry is kept stay as they are.
    added_at: of the entry that the caller saw. If the same edit is sent again because its answer was lost, nothing
    changes. Raises PersonNotFound, EditConflict.
    """
    before = white_list_entry(caller, cid)
    person = replace(before.person, **changes)
    if person == before.person:
        return before
    after = PersonEntry(person, caller.hospital_code, caller.login, _said_at())
    if before.added_at != added_at or not store.edit_white_list(caller.hospital_code, before, after):
        raise EditConflict(details={"theirs": white_list_entry(caller, cid)})
    return after


def _said_at() -> str:
    """The time of an entry. It is also the entry's version, so it has microseconds."""
    return clock.now().isoformat(timespec="microseconds")


def remove_from_white_list(caller: Caller, cid: str) -> None:
    """Take a person off the hospital's white list.

    Raises PersonNotFound if they were not on it.
    """
    if not store.remove_from_white_list(caller.hospital_code, cid):
        raise PersonNotFound()

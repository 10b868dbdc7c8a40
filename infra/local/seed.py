"""Load the demo data into the local tables.

    python -m infra.local.seed

The data are hospitals, accounts, schedules and people. Never run it on AWS. Only missing rows are written, so a second
run changes nothing, except that it opens the days that are missing of the next thirty.
"""

from collections.abc import Iterable
from datetime import timedelta

from chalicelib import clock, storage, text_cleaning
from chalicelib.accounts import actions as accounts
from chalicelib.accounts import store as account_store
from chalicelib.auth.passwords import password_hash
from chalicelib.messages import line_events
from chalicelib.messages import line_link_store as links
from chalicelib.people import store as people
from chalicelib.people.model import PersonEntry
from chalicelib.schedules import availability, catalogue_store
from chalicelib.schedules import store as schedules
from chalicelib.schedules.model import ScheduleSpec
from chalicelib.tables import CatalogueItem
from infra.local import demo


def load() -> None:
    """Write the missing part of the demo data."""
    for columns in demo.HOSPITALS:
        hospital(*columns)
    catalogue("00000")
    # One by one, so that a run after an interrupted one adds the missing accounts.
    for login, code, name, roles, password in demo.ACCOUNTS:
        if not account_store.exists(code, login):
            granted = frozenset(roles.split())
            accounts.add_account_by_command("demo data", code, login, name, granted, password_hash(password), False)
    missing = [person for person in demo.PEOPLE if people.registered(person.cid) is None]
    if missing:
        added_at = clock.now().isoformat(timespec="seconds")
        people.add_to_white_list("00000", [PersonEntry(person, "00000", "his.demo", added_at) for person in missing])
    _link_line_users()
    open_days("00000", range(1, demo.DAYS + 1))


def _link_line_users() -> None:
    """Link the LINE accounts of some people, as the app does: with a nonce, once."""
    linked = links.line_users(list(demo.LINE_USERS))
    for cid, user_id in demo.LINE_USERS.items():
        if cid not in linked:
            now = clock.now()
            links.take_line_link(line_events.offer_line_link(cid), user_id, now, int(1000 * now.timestamp()))


def hospital(code: str, name: str, province: str, district: str, years: int) -> None:
    """Put a hospital into the national list, if it is not there."""
    row = CatalogueItem(code, "#", name=name, province_code=province, province_name=demo.PROVINCES[province])
    row.district, row.years, row.next_appointment_id = district, years, 0
    row.search_name = text_cleaning.comparable(name)
    row.next_department_id, row.next_room_id, row.next_period_id = (
        len(demo.DEPARTMENTS) + 1,
        len(demo.ROOMS) + 1,
        len(demo.PERIODS) + 1,
    )
    _once(row)


def catalogue(code: str) -> None:
    """Put the demo data's departments, rooms and periods into a hospital."""
    for number, name in demo.DEPARTMENTS:
        _once(CatalogueItem(code, f"department#{number}", name=name))
    for number, name, department, queue_code, length in demo.ROOMS:
        room = CatalogueItem(code, f"room#{number}", name=name, department_id=department)
        room.queue_code, room.queue_length, room.phone_number = queue_code, length, "000-0000000"
        _once(room)
    for number, name, start, finish in demo.PERIODS:
        period = CatalogueItem(code, f"period#{number}", name=name)
        period.time_start, period.time_finish = start, finish
        _once(period)


def open_days(code: str, offsets: Iterable[int]) -> None:
    """Open days that have no schedules: each room in each period, online.

    offsets: days from today.
    """
    lines = [
        ScheduleSpec(period[0], room[2], room[0], demo.PLACES, online=True)
        for period in demo.PERIODS
        for room in demo.ROOMS
    ]
    hospital_catalogue = catalogue_store.hospital(code)
    for offset in offsets:
        day = clock.today() + timedelta(days=offset)
        if not schedules.schedules_of(code, day):
            schedules.open_schedules(hospital_catalogue, day, lines)
            availability.recount({(code, day)})


def _once(row: CatalogueItem) -> None:
    storage.write(storage.put(row, CatalogueItem.item.does_not_exist()))


if __name__ == "__main__":
    load()

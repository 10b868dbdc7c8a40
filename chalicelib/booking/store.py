"""Appointments table: reads and transactions that take and give back places.

A place and its appointment change in one DynamoDB transaction, because the count and the appointment are one fact
(docs/concurrency.md). Each function tries once. The shared connection repeats an attempt if DynamoDB did not answer or
was busy, with the same client token, so that it is applied once.
"""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib import storage
from chalicelib.booking.list_store import newest_first
from chalicelib.booking.model import BOOKED, Appointment, BookingSnapshot, OutsideShare, WriteConflict
from chalicelib.booking.rows import APPOINTMENTS, appointment_key, schedule_place
from chalicelib.booking.rules import first_version
from chalicelib.booking.transition_rules import ending
from chalicelib.people.model import PersonEntry, has_national_id
from chalicelib.people.rows import PEOPLE, REGISTRY, registry_row, white_list_record
from chalicelib.schedules.catalogue_model import BookingRules
from chalicelib.schedules.model import CLOSED, OPEN, Schedule, ScheduleInfo, day_of
from chalicelib.schedules.rows import BOOKING_RULES, HOSPITAL, SCHEDULES, has_names, hospital_day, schedule_key
from chalicelib.storage import RawItem, Write
from chalicelib.tables import AppointmentItem, CatalogueItem, PersonItem, ScheduleItem

_HOLDERS_READ = 20  # people who hold or held one place are read up to this number; the present holder is one of them


# ---- reads ----


def read_for_booking(hospital_code: str, schedule_id: int, cid: str) -> BookingSnapshot | None:
    """Read what a booking or a move depends on, in one request.

    None if there is no such schedule.
    """
    day = day_of(schedule_id)
    schedule, person, own, held, hospital = storage.batch_get(
        [
            (ScheduleItem, hospital_day(hospital_code, day), schedule_id),
            (PersonItem, cid, REGISTRY),
            (PersonItem, cid, white_list_record(hospital_code)),
            (AppointmentItem, cid, appointment_key(day, hospital_code, schedule_id)),
            (CatalogueItem, hospital_code, HOSPITAL),
        ]
    )
    if schedule is None:
        return None
    return BookingSnapshot(
        schedule=SCHEDULES.read(schedule),
        person=PEOPLE.read(person) if person else None,
        own=PEOPLE.read(own) if own else None,
        held=APPOINTMENTS.read(held) if held else None,
        limits=BOOKING_RULES.read(hospital) if hospital else BookingRules(),
        booking_version=int(getattr(person, "booking_version", None) or 0),
    )


def booking_rules_of(hospital_codes: Sequence[str]) -> dict[str, BookingRules]:
    """Booking rules by hospital code, of at most 100 hospitals, in one request.

    Hospitals that are not stored are left out. No code may come twice.
    """
    rows = storage.batch_get([(CatalogueItem, code, HOSPITAL) for code in hospital_codes])
    return {code: BOOKING_RULES.read(row) for code, row in zip(hospital_codes, rows, strict=True) if row is not None}


def schedule_of(hospital_code: str, schedule_id: int) -> Schedule | None:
    """The hospital's schedule, or None. The read is eventually consistent."""
    partition = hospital_day(hospital_code, day_of(schedule_id))
    row = storage.get(ScheduleItem, partition, schedule_id, consistent=False)
    return SCHEDULES.read(row) if row else None


def held_in(hospital_code: str, schedule_id: int, cid: str) -> Appointment | None:
    """The person's appointment in the schedule, active or ended, as stored now."""
    row = storage.get(AppointmentItem, cid, appointment_key(day_of(schedule_id), hospital_code, schedule_id))
    return APPOINTMENTS.read(row) if row else None


def at_place(hospital_code: str, schedule_id: int, place: int) -> tuple[Schedule | None, list[Appointment]]:
    """A schedule, and the appointments that hold or held one of its places.

    The active one is first, then the latest. They are found in an index, which is a moment behind, and then read from
    the tables themselves. The schedule is None if it does not exist.
    """
    day = day_of(schedule_id)
    partition = hospital_day(hospital_code, day)
    this_place = AppointmentItem.schedule_place == schedule_place(schedule_id, place)
    indexed = newest_first(
        APPOINTMENTS.read(row) for row in AppointmentItem.by_hospital_day.query(partition, this_place)
    )
    key = appointment_key(day, hospital_code, schedule_id)
    cids = dict.fromkeys(appointment.cid for appointment in indexed[:_HOLDERS_READ])
    schedule, *rows = storage.batch_get(
        [(ScheduleItem, partition, schedule_id), *((AppointmentItem, cid, key) for cid in cids)]
    )
    stored = [APPOINTMENTS.read(row) for row in rows if row is not None]
    held = newest_first(appointment for appointment in stored if appointment.place == place)
    return SCHEDULES.read(schedule) if schedule else None, held


def read_image(image: RawItem | None) -> Appointment | None:
    """The appointment in an image of the table's stream; None if there is no image."""
    return APPOINTMENTS.read_item(image)


# ---- writes ----


def take_place(
    new: Appointment,
    new_person: PersonEntry | None = None,
    moved: tuple[Appointment, Appointment] | None = None,
    booking_version: int | None = None,
    outside_share: OutsideShare | None = None,
) -> WriteConflict | None:
    """Take the new appointment's place, in one transaction with all related writes.

    new_person: to be put into the registry. moved: the appointment that gives back its place for the new one, as
    (before, after). booking_version: as it was read, if the hospital limits how many appointments one person may hold;
    of two requests that counted the same appointments, only one succeeds. outside_share: how much of the schedule the
    systems of other hospitals may hold, if one of them books. Returns None if the transaction was applied, else what
    was found stored.
    """
    put = storage.put(APPOINTMENTS.row(new), _holds_nothing(new))
    writes = {"held": put, "schedule": _take(new, outside_share)}
    if moved is not None:
        writes |= {"moving": _end(*moved), "old schedule": _give_back(moved[1])}
    if new_person is not None:
        writes["person"] = storage.put(registry_row(new_person), PersonItem.cid.does_not_exist())
    if booking_version is not None:
        writes["booking_version"] = _count_booking(new.cid, booking_version)
    items = storage.transact(list(writes.values()))
    if items is None:
        return None
    failed = dict(zip(writes, items, strict=True))
    return WriteConflict(
        schedule=SCHEDULES.read_item(failed["schedule"]),
        held=APPOINTMENTS.read_item(failed["held"]),
        moving=APPOINTMENTS.read_item(failed.get("moving")),
        person_known=failed.get("person") is not None,
        closing_undone=failed.get("old schedule") is not None,
    )


def give_back_place(before: Appointment, ended: Appointment) -> bool:
    """Write the ended appointment and free its place, in one transaction.

    False if the appointment has changed since `before`, if the closing that ends it was undone, or if the system
    releases it and the schedule is closed.
    """
    return storage.transact([_end(before, ended), _give_back(ended)]) is None


def replace(before: Appointment, after: Appointment) -> bool:
    """Write accept, reject or confirm.

    False if the appointment has changed since `before`.
    """
    actions = APPOINTMENTS.changes(before, after)
    unchanged = AppointmentItem.version == before.version
    return storage.write(storage.update(APPOINTMENTS.key(after), actions, unchanged))


def mark_reminded(appointment: Appointment, at: str) -> bool:
    """Mark the appointment as reminded; its version stays. at: ISO time in Bangkok.

    False, and nothing is written, if it has ended or the person has booked the schedule again.
    """
    same = (AppointmentItem.state == BOOKED) & (AppointmentItem.check_code == appointment.check_code)
    return storage.write(storage.update(APPOINTMENTS.key(appointment), [AppointmentItem.reminded_at.set(at)], same))


def rename(appointment: Appointment, present: ScheduleInfo) -> bool:
    """Write the present names of its schedule into an active appointment.

    Its version stays, because nobody acted. False if it has ended, if the person has booked the schedule again, or if
    the stored names are not those that were read.
    """
    same = (AppointmentItem.state == BOOKED) & (AppointmentItem.check_code == appointment.check_code)
    actions = APPOINTMENTS.changes(appointment, dataclasses.replace(appointment, schedule=present))
    condition = same & has_names(AppointmentItem, appointment.schedule)
    return storage.write(storage.update(APPOINTMENTS.key(appointment), actions, condition))


def mark_accepted(schedule: ScheduleInfo, accepted: set[int], others: set[int]) -> None:
    """Update the schedule's set of check codes of accepted appointments.

    accepted: check codes to add. others: check codes to remove, because they are not accepted, or no longer. Both as
    numbers. No-op if there is no such schedule.
    """
    row, exists = schedule_key(schedule), ScheduleItem.schedule_id.exists()
    if accepted:
        storage.write(storage.update(row, [ScheduleItem.accepted.add(accepted)], exists))
    if others:
        storage.write(storage.update(row, [ScheduleItem.accepted.delete(others)], exists))


def _holds_nothing(new: Appointment) -> Any:
    """Condition: the person holds no place of the schedule; the row is as it was read."""
    if new.version == first_version(new.check_code):
        return AppointmentItem.cid.does_not_exist()
    return (AppointmentItem.version == new.version - 1) & (AppointmentItem.state != BOOKED)


def _take(appointment: Appointment, outside_share: OutsideShare | None) -> Write:
    place = appointment.place
    bookable = (ScheduleItem.available_count > 0) & ScheduleItem.free.contains(place) & (ScheduleItem.state == OPEN)
    # A schedule gets new names before its appointments do. A booking with the old names would never be renamed.
    condition = bookable & has_names(ScheduleItem, appointment.schedule)
    if outside_share is not None:
        # The share was calculated from the capacity that was read, so that must still be the stored one.
        condition &= (ScheduleItem.capacity == outside_share.capacity) & _below(
            ScheduleItem.outside_count, outside_share.places
        )
        if outside_share.places_without_id is not None:
            condition &= _below(ScheduleItem.outside_without_id_count, outside_share.places_without_id)
    # A restored appointment was booked earlier, but its place is taken now, as for a new one.
    lead = (appointment.schedule.day - datetime.fromisoformat(appointment.changed_at).date()).days
    actions = [
        ScheduleItem.available_count.add(-1),
        ScheduleItem.free.delete({place}),
        ScheduleItem.taken.add(1),
        ScheduleItem.lead_days.add(lead),
        *_count_outside(appointment, 1),
    ]
    return storage.update(schedule_key(appointment.schedule), actions, condition)


def _below(counter: Any, most: int) -> Any:
    """Condition: the counter is below `most`, or missing.

    Schedules that are older than these counters do not have them.
    """
    return counter.does_not_exist() | (counter < most)


def _count_outside(appointment: Appointment, by: int) -> list[Any]:
    """Update actions that count a place that another hospital's system booked.

    An empty list for other bookings.
    """
    if not appointment.outside:
        return []
    without_id = [] if has_national_id(appointment.cid) else [ScheduleItem.outside_without_id_count.add(by)]
    return [ScheduleItem.outside_count.add(by), *without_id]


def _give_back(ended: Appointment) -> Write:
    # The condition on the appointment ensures that the place is held, so the schedule needs no further condition. The
    # exceptions are a closing that still runs after another desk has undone it: it must end no more appointments in a
    # schedule that is open again; and a release: in a closed schedule nobody else could book the place.
    condition = ScheduleItem.schedule_id.exists()
    if ended.closing:
        condition &= ScheduleItem.state == CLOSED
    elif ended.released_at:
        condition &= ScheduleItem.state == OPEN
    return storage.update(
        schedule_key(ended.schedule),
        [
            ScheduleItem.available_count.add(1),
            ScheduleItem.free.add({ended.place}),
            getattr(ScheduleItem, ending(ended)).add(1),
            *_count_outside(ended, -1),
        ],
        condition,
    )


def _end(before: Appointment, ended: Appointment) -> Write:
    unchanged = (AppointmentItem.state == BOOKED) & (AppointmentItem.version == before.version)
    return storage.update(APPOINTMENTS.key(ended), APPOINTMENTS.changes(before, ended), unchanged)


def _count_booking(cid: str, booking_version: int) -> Write:
    counter = PersonItem.booking_version
    unchanged = counter == booking_version if booking_version else counter.does_not_exist()
    return storage.update(PersonItem(cid, REGISTRY), [counter.add(1)], PersonItem.cid.exists() & unchanged)

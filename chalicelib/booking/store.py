"""The one place where places change hands.

A place is taken or given back together with its appointment in one DynamoDB transaction, because the count and the
appointment are one fact (docs/concurrency.md). Each function tries once with the storage as it finds it: None means
done, `WriteConflict` says what stood in the way. The shared connection repeats an attempt that the storage neither did
nor refused, with the same client token, so that it is applied once.
"""

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from pynamodb.exceptions import DoesNotExist, TransactWriteError, UpdateError
from pynamodb.transactions import TransactWrite

from chalicelib import storage
from chalicelib.booking.rules import (
    BOOKED,
    Appointment,
    BookingSnapshot,
    WriteConflict,
    first_version,
    read_appointment,
)
from chalicelib.people.model import Person
from chalicelib.people.store import PEOPLE, registry_row
from chalicelib.schedules.rules import OPEN, BookingRules, Schedule, day_of, hospital_day, read_schedule
from chalicelib.tables import AppointmentItem, CatalogueItem, PersonItem, ScheduleItem

# What a row and an appointment call by the same name; the keys, the day and `ended_ids` are written otherwise.
_SAME = (
    "appointment_id hospital_code hospital_name schedule_id place queue_no time_start time_finish department_id"
    " department_name room_id room_name room_phone_number person_name state version check_code comment booked_by"
    " booked_system booked_login booked_at changed_login changed_at accepted_by accepted_at confirmed_at"
    " changed_by_person reminded_at origin sequence cancel_minutes_before moved_to_schedule_id moved_to_appointment_id"
).split()
# What accept, reject and confirm change.
_CHANGEABLE = (
    "version accepted_by accepted_at confirmed_at changed_login changed_at changed_by_person sequence"
).split()
_HOLDERS_READ = 20  # of those who held a place once; there is one who holds it now


def appointment_key(day: date, hospital_code: str, schedule_id: int) -> str:
    """Sorts a person's appointments by date; one per person and schedule, so nobody holds two places of it."""
    return f"{day.isoformat()}#{hospital_code}#{schedule_id}"


def schedule_place(schedule_id: int, place: int) -> str:
    """Sorts a hospital's day by schedule and place."""
    return f"{schedule_id}#{place:03d}"


def read_for_booking(hospital_code: str, schedule_id: int, cid: str) -> BookingSnapshot:
    """What a booking or a move needs to know, in one request."""
    day = day_of(schedule_id)
    schedule, person, held, hospital = storage.batch_get(
        [
            (ScheduleItem, hospital_day(hospital_code, day), schedule_id),
            (PersonItem, cid, "#"),
            (AppointmentItem, cid, appointment_key(day, hospital_code, schedule_id)),
            (CatalogueItem, hospital_code, "#"),
        ]
    )
    return BookingSnapshot(
        schedule=read_schedule(schedule) if schedule else None,
        person=PEOPLE.read(person) if person else None,
        held=read_appointment(held) if held else None,
        limits=BookingRules.read(hospital) if hospital else BookingRules(),
        turn=_turn(person),
    )


def _turn(person: Any) -> int:
    return int(person.turn or 0) if person else 0


def take_place(appointment: Appointment, new_person: Person | None, turn: int | None = None) -> WriteConflict | None:
    """Books: takes the appointment's place, puts the appointment and, where given, the person into the registry.

    turn: where the hospital limits how much one person may hold, the count of that person's bookings and moves as it
    was read; of two that counted the same appointments, only one goes through.
    """
    entry = [] if new_person is None else [registry_row(new_person, appointment.booked_at)]
    turn = None if new_person else turn  # who is new to the registry has no turn yet; the entry's condition serves
    try:
        with _transaction() as transaction:
            transaction.save(_row_of(appointment), condition=_holds_nothing(appointment), return_values="ALL_OLD")
            for row in entry:
                transaction.save(row, condition=PersonItem.cid.does_not_exist())
            _take(transaction, appointment)
            if turn is not None:
                _take_turn(transaction, appointment.cid, turn)
    except TransactWriteError as error:
        reasons = _reasons(error, 2 + len(entry) + (turn is not None))
        persons, schedule = reasons[1 : 1 + len(entry)], reasons[1 + len(entry)]
        return WriteConflict(
            _schedule(schedule), _appointment(reasons[0]), person_known=any(one is not None for one in persons)
        )
    return None


def give_back_place(ended: Appointment) -> WriteConflict | None:
    """Cancels: `ended` is the appointment as it shall be; its place becomes free."""
    try:
        with _transaction() as transaction:
            _end(transaction, ended)
            _give_back(transaction, ended)
    except TransactWriteError as error:
        return WriteConflict(changed=_appointment(_reasons(error, 2)[0]))
    return None


def move_place(ended: Appointment, new: Appointment, turn: int | None = None) -> WriteConflict | None:
    """Postpones: the new place is taken and the old one given back, or nothing changes. turn: as for `take_place`."""
    try:
        with _transaction() as transaction:
            transaction.save(_row_of(new), condition=_holds_nothing(new), return_values="ALL_OLD")
            _end(transaction, ended)
            _give_back(transaction, ended)
            _take(transaction, new)
            if turn is not None:
                _take_turn(transaction, new.cid, turn)
    except TransactWriteError as error:
        in_the_way, old, _, schedule, *_ = _reasons(error, 4 + (turn is not None))
        return WriteConflict(_schedule(schedule), _appointment(in_the_way), changed=_appointment(old))
    return None


def held_in(hospital_code: str, schedule_id: int, cid: str) -> Appointment | None:
    """What the person holds or held in the schedule, at this moment."""
    key = appointment_key(day_of(schedule_id), hospital_code, schedule_id)
    try:
        return read_appointment(AppointmentItem.get(cid, key, consistent_read=True))
    except DoesNotExist:
        return None


def held_now(listed: Sequence[Appointment]) -> list[Appointment]:
    """The same appointments, at most 100, as they are at this moment, in one request; what is gone is left out."""
    keys = [(AppointmentItem, one.cid, appointment_key(one.day, one.hospital_code, one.schedule_id)) for one in listed]
    return [read_appointment(row) for row in storage.batch_get(keys) if row is not None]


def appointments_of(cid: str, first: date | None = None) -> list[Appointment]:
    """Everything a person holds or held, soonest first; from a day on where it is given."""
    since = None if first is None else AppointmentItem.appointment >= first.isoformat()
    rows = AppointmentItem.query(cid, since, consistent_read=True)
    return sorted((read_appointment(row) for row in rows), key=lambda a: (a.day, a.time_start, a.appointment_id))


def appointments_on(hospital_code: str, day: date, schedule_id: int | None = None) -> list[Appointment]:
    """A hospital's day list by schedule and place, ended ones included. From an index: a moment behind."""
    only = None if schedule_id is None else AppointmentItem.schedule_place.startswith(f"{schedule_id}#")
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), only)
    return [read_appointment(row) for row in rows]


def not_reminded_of(hospital_code: str, day: date) -> list[Appointment]:
    """Who of a hospital's day list holds a place and is not noted as reminded. The storage leaves the others out, so
    that it takes little time to see that everybody of a day is reminded. From an index: a moment behind."""
    unnoted = AppointmentItem.reminded_at.does_not_exist() | (AppointmentItem.reminded_at == "")
    waiting = (AppointmentItem.state == BOOKED) & unnoted
    rows = AppointmentItem.by_hospital_day.query(hospital_day(hospital_code, day), filter_condition=waiting)
    return [read_appointment(row) for row in rows]


def at_place(hospital_code: str, schedule_id: int, place: int) -> tuple[Schedule | None, list[Appointment]]:
    """The schedule, and who holds or held this place of it, whoever holds it now first. The index names them and is a
    moment behind; what comes back is read from the tables themselves."""
    day = day_of(schedule_id)
    partition = hospital_day(hospital_code, day)
    here = AppointmentItem.by_hospital_day.query(
        partition, AppointmentItem.schedule_place == schedule_place(schedule_id, place)
    )
    newest = sorted((read_appointment(row) for row in here), key=lambda a: (a.is_active, a.changed_at), reverse=True)
    key = appointment_key(day, hospital_code, schedule_id)
    schedule, *rows = storage.batch_get(
        [
            (ScheduleItem, partition, schedule_id),
            *((AppointmentItem, cid, key) for cid in dict.fromkeys(one.cid for one in newest[:_HOLDERS_READ])),
        ]
    )
    held = [read_appointment(row) for row in rows if row is not None]
    held = sorted((one for one in held if one.place == place), key=lambda a: (a.is_active, a.changed_at), reverse=True)
    return read_schedule(schedule) if schedule else None, held


def replace(changed: Appointment) -> bool:
    """Writes accept, reject or confirm where the appointment is still as it was read; False where it is not."""
    actions = [getattr(AppointmentItem, name).set(getattr(changed, name)) for name in _CHANGEABLE]
    try:
        _key_of(changed).update(actions, condition=AppointmentItem.version == changed.version - 1)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def mark_reminded(appointment: Appointment, at: str) -> bool:
    """Notes on the appointment that its person was reminded. Nothing else of it changes, its version neither. False
    where it has ended or passed to a new booking meanwhile, so that there is nothing to note."""
    same = (AppointmentItem.state == BOOKED) & (AppointmentItem.check_code == appointment.check_code)
    try:
        _key_of(appointment).update([AppointmentItem.reminded_at.set(at)], condition=same)
    except UpdateError as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def read_image(image: Any) -> Appointment | None:
    """The appointment in a record of the table's stream; None where the record has none."""
    return read_appointment(AppointmentItem.from_raw_data(image)) if image else None


def _transaction() -> TransactWrite:
    return TransactWrite(connection=storage.connection(), client_request_token=str(uuid.uuid4()))


def _holds_nothing(new: Appointment) -> Any:
    """The person holds no place of the schedule, and what they held before is still as it was read."""
    if new.version == first_version(new.check_code):
        return AppointmentItem.cid.does_not_exist()
    return (AppointmentItem.version == new.version - 1) & (AppointmentItem.state != BOOKED)


def _take(transaction: TransactWrite, appointment: Appointment) -> None:
    place = appointment.place
    transaction.update(
        _schedule_key(appointment),
        actions=[ScheduleItem.available_count.add(-1), ScheduleItem.free.delete({place})],
        condition=(ScheduleItem.available_count > 0) & ScheduleItem.free.contains(place) & (ScheduleItem.state == OPEN),
        return_values="ALL_OLD",
    )


def _take_turn(transaction: TransactWrite, cid: str, turn: int) -> None:
    unturned = PersonItem.turn == turn if turn else PersonItem.turn.does_not_exist()
    condition = PersonItem.cid.exists() & unturned
    transaction.update(PersonItem(cid, "#"), [PersonItem.turn.add(1)], condition=condition)


def _give_back(transaction: TransactWrite, ended: Appointment) -> None:
    # The appointment's own condition says that the place is held, so the schedule need not be asked.
    transaction.update(
        _schedule_key(ended),
        actions=[ScheduleItem.available_count.add(1), ScheduleItem.free.add({ended.place})],
        condition=ScheduleItem.schedule_id.exists(),
    )


def _end(transaction: TransactWrite, ended: Appointment) -> None:
    actions: list[Any] = [
        AppointmentItem.state.set(ended.state),
        AppointmentItem.version.set(ended.version),
        AppointmentItem.changed_login.set(ended.changed_login),
        AppointmentItem.changed_at.set(ended.changed_at),
        AppointmentItem.changed_by_person.set(ended.changed_by_person),
        AppointmentItem.sequence.set(ended.sequence),
    ]
    if ended.moved_to_schedule_id is not None and ended.moved_to_appointment_id is not None:
        actions.append(AppointmentItem.moved_to_schedule_id.set(ended.moved_to_schedule_id))
        actions.append(AppointmentItem.moved_to_appointment_id.set(ended.moved_to_appointment_id))
    transaction.update(
        _key_of(ended),
        actions=actions,
        condition=(AppointmentItem.state == BOOKED) & (AppointmentItem.version == ended.version - 1),
        return_values="ALL_OLD",
    )


def _reasons(error: TransactWriteError, count: int) -> list[Any]:
    """Per item of the transaction, the row that failed its condition ({} where none came back), or None."""
    if error.cause_response_code != "TransactionCanceledException":
        raise error
    # Beside a failed condition another item may have been in conflict; the condition is the answer all the same.
    failed = [
        reason if reason and reason.code == "ConditionalCheckFailed" else None for reason in error.cancellation_reasons
    ]
    if len(failed) != count or not any(failed):
        raise error
    return [None if reason is None else (reason.raw_item or {}) for reason in failed]


def _schedule(raw: Any) -> Schedule | None:
    return read_schedule(ScheduleItem.from_raw_data(raw)) if raw else None


def _appointment(raw: Any) -> Appointment | None:
    return read_appointment(AppointmentItem.from_raw_data(raw)) if raw else None


def _schedule_key(appointment: Appointment) -> ScheduleItem:
    return ScheduleItem(hospital_day(appointment.hospital_code, appointment.day), appointment.schedule_id)


def _key_of(appointment: Appointment) -> AppointmentItem:
    key = appointment_key(appointment.day, appointment.hospital_code, appointment.schedule_id)
    return AppointmentItem(appointment.cid, key)


def _row_of(appointment: Appointment) -> AppointmentItem:
    row = _key_of(appointment)
    row.hospital_day = hospital_day(appointment.hospital_code, appointment.day)
    row.schedule_place = schedule_place(appointment.schedule_id, appointment.place)
    row.day = appointment.day.isoformat()
    row.ended_ids = set(appointment.ended_ids) or None
    for name in _SAME:
        setattr(row, name, getattr(appointment, name))
    return row

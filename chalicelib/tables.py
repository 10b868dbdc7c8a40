"""DynamoDB tables and indexes.

`infra/aws/resources.yaml` creates them; tests/test_architecture.py compares the two.
"""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    JSONAttribute,
    MapAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.number_attributes import NumberAttribute, NumberMapsAttribute, NumberSetAttribute
from chalicelib.settings import settings
from chalicelib.storage import Table


class _ByProvince(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by-province"
        projection = AllProjection()

    province_code = UnicodeAttribute(hash_key=True)
    hospital_code = UnicodeAttribute(range_key=True)


class CatalogueItem(Table):
    """One item of a hospital's catalogue, or the hospital itself.

    By `item`: the hospital ("#"), a department, room, period, service point, board or own day ("department#1",
    "room#1", "period#1", "point#1", "board#1", "holiday#2026-12-30"), the rules for the day of the visit ("visits"), or
    the hospital's own reasons for cancelling and moving ("reasons").
    """

    class Meta:
        table_name = settings().table("hospitals")

    by_province = _ByProvince()

    hospital_code = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    name = UnicodeAttribute(default="")
    version = NumberAttribute(default=1)
    # the hospital itself; only it carries a province, so only it is in the index
    province_code = UnicodeAttribute(null=True)
    province_name = UnicodeAttribute(null=True)
    search_name = UnicodeAttribute(null=True)  # the name as searches compare it
    district = UnicodeAttribute(null=True)
    years = NumberAttribute(null=True)
    next_department_id = NumberAttribute(null=True)
    next_room_id = NumberAttribute(null=True)
    next_period_id = NumberAttribute(null=True)
    next_point_id = NumberAttribute(null=True)
    next_board_id = NumberAttribute(null=True)
    next_appointment_id = NumberAttribute(null=True)
    cancel_minutes_before = NumberAttribute(null=True)
    max_active_per_department = NumberAttribute(null=True)
    department_in_line = BooleanAttribute(null=True)
    confirm_time = UnicodeAttribute(null=True)
    confirm_days_before = NumberAttribute(null=True)
    unasked_departments = NumberSetAttribute(null=True)
    release_departments = NumberSetAttribute(null=True)
    outside_booking = UnicodeAttribute(null=True)
    outside_hospitals = UnicodeSetAttribute(null=True)
    outside_percent = NumberAttribute(null=True)
    outside_without_id_percent = NumberAttribute(null=True)
    # departments, rooms, periods
    department_id = NumberAttribute(null=True)
    queue_code = UnicodeAttribute(null=True)
    queue_length = NumberAttribute(null=True)
    phone_number = UnicodeAttribute(null=True)
    time_start = UnicodeAttribute(null=True)
    time_finish = UnicodeAttribute(null=True)
    closed = BooleanAttribute(null=True)  # of an own day: whether the hospital is closed, or works
    # service points
    name_en = UnicodeAttribute(null=True)
    rooms = NumberSetAttribute(null=True)
    departments = NumberSetAttribute(null=True)
    next_point = NumberAttribute(null=True)
    # boards
    points = NumberSetAttribute(null=True)
    token = UnicodeAttribute(null=True)
    # the rules for the day of the visit
    early_minutes = NumberAttribute(null=True)
    late_minutes = NumberAttribute(null=True)
    ticket_code = UnicodeAttribute(null=True)
    his_departments = NumberSetAttribute(null=True)
    reasons: JSONAttribute = JSONAttribute(null=True)  # its own reasons for cancelling and moving: [{"th", "en"}]
    uses = NumberAttribute(null=True)  # of a department: how often a room was written into it


class ScheduleItem(Table):
    """A schedule of a hospital's day.

    Item 0 is the day counter: the last numbers given on this day.
    """

    class Meta:
        table_name = settings().table("schedules")

    hospital_day = UnicodeAttribute(hash_key=True)
    schedule_id = NumberAttribute(range_key=True)
    version = NumberAttribute()
    # the day counter
    next_number = NumberAttribute(null=True)
    next_queue_numbers: MapAttribute[str, Any] = MapAttribute(null=True)
    # a schedule
    hospital_name = UnicodeAttribute(null=True)
    province_code = UnicodeAttribute(null=True)
    period_id = NumberAttribute(null=True)
    period_name = UnicodeAttribute(null=True)
    time_start = UnicodeAttribute(null=True)
    time_finish = UnicodeAttribute(null=True)
    department_id = NumberAttribute(null=True)
    department_name = UnicodeAttribute(null=True)
    room_id = NumberAttribute(null=True)
    room_name = UnicodeAttribute(null=True)
    room_phone_number = UnicodeAttribute(null=True)
    queue_code = UnicodeAttribute(null=True)
    queue_length = NumberAttribute(null=True)
    capacity = NumberAttribute(null=True)
    available_count = NumberAttribute(null=True)
    free = NumberSetAttribute(null=True)
    outside_count = NumberAttribute(null=True)
    outside_without_id_count = NumberAttribute(null=True)
    # what has happened to its places (PlaceEvents), and the accepted appointments by their check codes
    taken = NumberAttribute(null=True)
    lead_days = NumberAttribute(null=True)
    moved = NumberAttribute(null=True)
    cancelled = NumberAttribute(null=True)
    cancelled_late = NumberAttribute(null=True)
    accepted = NumberSetAttribute(null=True)
    # what became of the visits of its appointments (figures_model.VisitMark)
    visits = NumberSetAttribute(null=True)
    # runs of places made together: place p has appointment id `first_appointment_id` + p - `first_place`
    blocks = NumberMapsAttribute(null=True)
    online = BooleanAttribute(null=True)
    state = UnicodeAttribute(null=True)
    # the closing that closed it last
    closing = UnicodeAttribute(null=True)
    closed_at = UnicodeAttribute(null=True)
    closed_login = UnicodeAttribute(null=True)


class _ByHospitalDay(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by-hospital-day"
        projection = AllProjection()

    hospital_day = UnicodeAttribute(hash_key=True)
    schedule_place = UnicodeAttribute(range_key=True)


class AppointmentItem(Table):
    """One person holding one place, now or in the past."""

    class Meta:
        table_name = settings().table("appointments")

    by_hospital_day = _ByHospitalDay()

    cid = UnicodeAttribute(hash_key=True)
    appointment = UnicodeAttribute(range_key=True)
    hospital_day = UnicodeAttribute()
    schedule_place = UnicodeAttribute()
    appointment_id = NumberAttribute()
    hospital_code = UnicodeAttribute()
    hospital_name = UnicodeAttribute()
    schedule_id = NumberAttribute()
    place = NumberAttribute()
    queue_no = UnicodeAttribute()
    day = UnicodeAttribute()
    time_start = UnicodeAttribute()
    time_finish = UnicodeAttribute()
    department_id = NumberAttribute()
    department_name = UnicodeAttribute()
    room_id = NumberAttribute()
    room_name = UnicodeAttribute()
    room_phone_number = UnicodeAttribute()
    person_name = UnicodeAttribute()
    sent_name = UnicodeAttribute(null=True)
    person_phone = UnicodeAttribute(null=True)
    state = UnicodeAttribute()
    version = NumberAttribute()
    check_code = UnicodeAttribute()
    comment = UnicodeAttribute()
    booked_by = UnicodeAttribute()
    booked_system = UnicodeAttribute()
    booked_login = UnicodeAttribute()
    booked_at = UnicodeAttribute()
    changed_login = UnicodeAttribute()
    changed_at = UnicodeAttribute()
    accepted_by = UnicodeAttribute(null=True)
    accepted_at = UnicodeAttribute(null=True)
    confirmed_at = UnicodeAttribute(null=True)
    changed_by_person = BooleanAttribute(null=True)
    reminded_at = UnicodeAttribute(null=True)
    origin = UnicodeAttribute(null=True)
    sequence = NumberAttribute(null=True)
    cancel_minutes_before = NumberAttribute(null=True)
    outside = BooleanAttribute(null=True)
    moved_to_schedule_id = NumberAttribute(null=True)
    moved_to_appointment_id = NumberAttribute(null=True)
    ended_ids = NumberSetAttribute(null=True)
    closing = UnicodeAttribute(null=True)  # the closing that moved or cancelled it
    reason = UnicodeAttribute(null=True)  # why the hospital cancelled it or moved it here
    call_outcome = UnicodeAttribute(null=True)
    call_outcome_by = UnicodeAttribute(null=True)
    call_outcome_at = UnicodeAttribute(null=True)
    confirm_by = UnicodeAttribute(null=True)  # until when the person was asked to confirm
    release_by = UnicodeAttribute(null=True)  # the same, if they were told that the place is released after it
    released_at = UnicodeAttribute(null=True)
    visit = UnicodeAttribute(null=True)
    arrived_at = UnicodeAttribute(null=True)
    called_at = UnicodeAttribute(null=True)
    served_at = UnicodeAttribute(null=True)
    point_id = NumberAttribute(null=True)
    queue_order = UnicodeAttribute(null=True)
    counter = NumberAttribute(null=True)
    visit_number = UnicodeAttribute(null=True)
    wait_minutes = NumberAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    held_expires_at = NumberAttribute(null=True)  # while the person is held (infra/ops/person_data.py)


class QueueItem(Table):
    """An item of the queues of a hospital's day. No row names a person.

    By `item`: somebody who waits at a service point ("point#00001#waiting#..."), what one of its counters shows
    ("point#00001#counter#01"), a ticket of somebody without an appointment ("ticket#0001"), or the last ticket's number
    ("tickets").
    """

    class Meta:
        table_name = settings().table("queues")

    hospital_day = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute()
    # somebody who waits, or whom a counter serves
    number = UnicodeAttribute(null=True)
    schedule_id = NumberAttribute(null=True)
    place = NumberAttribute(null=True)
    check_code = UnicodeAttribute(null=True)
    ticket = UnicodeAttribute(null=True)
    period = UnicodeAttribute(null=True)
    priority = UnicodeAttribute(null=True)
    arrived_at = UnicodeAttribute(null=True)
    skips = NumberAttribute(null=True)
    notified = BooleanAttribute(null=True)
    since = UnicodeAttribute(null=True)
    # a counter
    call_id = UnicodeAttribute(null=True)
    called_at = UnicodeAttribute(null=True)
    outcome = UnicodeAttribute(null=True)
    recalls = NumberAttribute(null=True)
    calls = NumberAttribute(null=True)
    waited_seconds = NumberAttribute(null=True)
    # a ticket
    version = NumberAttribute(null=True)
    visit = UnicodeAttribute(null=True)
    served_at = UnicodeAttribute(null=True)
    point_id = NumberAttribute(null=True)
    queue_order = UnicodeAttribute(null=True)
    counter = NumberAttribute(null=True)
    visit_number = UnicodeAttribute(null=True)
    wait_minutes = NumberAttribute(null=True)
    last_ticket = NumberAttribute(null=True)


class _DaysByProvince(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by-province"
        projection = AllProjection()

    province_code = UnicodeAttribute(hash_key=True)
    day_hospital = UnicodeAttribute(range_key=True)


class DayItem(Table):
    """Counts of a hospital's day.

    Free online places by the end of their period, in all and per department; places per room for the staff; per room
    how many places of closed schedules are held; and the figures of each department and hour.
    """

    class Meta:
        table_name = settings().table("days")

    by_province = _DaysByProvince()

    hospital_code = UnicodeAttribute(hash_key=True)
    day = UnicodeAttribute(range_key=True)
    province_code = UnicodeAttribute()
    day_hospital = UnicodeAttribute()
    hospital_name = UnicodeAttribute()
    online_free: MapAttribute[str, Any] = MapAttribute()
    rooms: MapAttribute[str, Any] = MapAttribute()
    closed_rooms: MapAttribute[str, Any] = MapAttribute(null=True)
    department_free: MapAttribute[str, Any] = MapAttribute(null=True)
    # JSON, because it is smaller than a map of lists, and quicker to read
    departments: JSONAttribute = JSONAttribute(null=True)
    hours: JSONAttribute = JSONAttribute(null=True)
    counted_at = UnicodeAttribute()


class _ByHospital(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by-hospital"
        projection = AllProjection()

    hospital_code = UnicodeAttribute(hash_key=True)
    cid = UnicodeAttribute(range_key=True)


class PersonItem(Table):
    """One item about a person.

    By `record`: the registry entry ("#"), a white-list entry ("hospital#00000"), the language ("choices"), a hospital
    whose announcements they do not want ("no-announcements#00000"), or the note that nothing of the person may be
    deleted ("hold").
    """

    class Meta:
        table_name = settings().table("people")

    by_hospital = _ByHospital()

    cid = UnicodeAttribute(hash_key=True)
    record = UnicodeAttribute(range_key=True)
    hospital_code = UnicodeAttribute(null=True)
    prefix = UnicodeAttribute(null=True)
    first_name = UnicodeAttribute(null=True)
    last_name = UnicodeAttribute(null=True)
    gender = NumberAttribute(null=True)
    birth_date = UnicodeAttribute(null=True)
    phone_number = UnicodeAttribute(null=True)
    mobile_phone = UnicodeAttribute(null=True)
    address = UnicodeAttribute(null=True)
    moo = UnicodeAttribute(null=True)
    road = UnicodeAttribute(null=True)
    tmb_code = UnicodeAttribute(null=True)
    amp_code = UnicodeAttribute(null=True)
    chw_code = UnicodeAttribute(null=True)
    language = UnicodeAttribute(null=True)
    hospital_name = UnicodeAttribute(null=True)  # of the hospital whose announcements they do not want
    added_by = UnicodeAttribute(null=True)
    added_login = UnicodeAttribute(null=True)
    added_at = UnicodeAttribute(null=True)
    basis = UnicodeAttribute(null=True)  # of a white-list entry: on what ground the hospital keeps it
    hold_reason = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    held_expires_at = NumberAttribute(null=True)  # while the person is held (infra/ops/person_data.py)
    booking_version = NumberAttribute(null=True)  # how often the person has booked or moved under a limit


class AccountItem(Table):
    """One item of a hospital's accounts.

    By `item`: an account ("account#login"), its failed sign-ins ("attempts#login#source"), a user group ("group#1"), or
    the version that all accounts and groups share ("grants").
    """

    class Meta:
        table_name = settings().table("accounts")

    hospital_code = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    version = NumberAttribute(null=True)
    # an account
    user_id = NumberAttribute(null=True)
    login = UnicodeAttribute(null=True)
    name = UnicodeAttribute(null=True)
    details = UnicodeAttribute(null=True)
    active = BooleanAttribute(null=True)
    roles = UnicodeSetAttribute(null=True)
    groups = NumberSetAttribute(null=True)
    verifier = UnicodeAttribute(null=True)
    previous_verifier = UnicodeAttribute(null=True)
    must_change_password = BooleanAttribute(null=True)
    token_version = NumberAttribute(null=True)
    look_ups_blocked_until = UnicodeAttribute(null=True)
    locked_until = UnicodeAttribute(null=True)
    # a group
    group_id = NumberAttribute(null=True)
    # sign-ins of a login from one source that have not succeeded; equal refusals ("refusal#...")
    tried = NumberAttribute(null=True)
    failures = NumberAttribute(null=True)
    counted_until = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    # a counter ("next")
    next_user_id = NumberAttribute(null=True)


class MessageItem(Table):
    """Messages of a hospital, and the rows that belong to them.

    The sort key of a message is its number ("0000000012"), of a reference to one "ref#his-CODE", of the last number
    "#", of how many were sent in an hour "sent#...". A notice has its person and its deliveries in its own row. The
    hospital "#scheduled" has one row, "TIME#HOSPITAL#NUMBER", for each announcement that waits for its time.
    """

    class Meta:
        table_name = settings().table("messages")

    hospital_code = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    message_id = NumberAttribute(null=True)
    version = NumberAttribute(null=True)
    expires_at = TTLAttribute(null=True)
    kind = UnicodeAttribute(null=True)
    state = UnicodeAttribute(null=True)
    hospital_name = UnicodeAttribute(null=True)
    title = UnicodeAttribute(null=True)
    content_text = UnicodeAttribute(null=True)
    content_html = UnicodeAttribute(null=True)
    content_sent = UnicodeAttribute(null=True)
    hidden_in_line = UnicodeAttribute(null=True)
    channels = UnicodeSetAttribute(null=True)
    ref_code = UnicodeAttribute(null=True)
    confirm_url = UnicodeAttribute(null=True)
    created_by = UnicodeAttribute(null=True)
    created_at = UnicodeAttribute(null=True)
    changed_by = UnicodeAttribute(null=True)
    send_at = UnicodeAttribute(null=True)
    sent_at = UnicodeAttribute(null=True)
    key_seed = UnicodeAttribute(null=True)
    target_list = NumberAttribute(null=True)
    # a notice: its person, its own name within the hospital, and its delivery on each channel
    cid = UnicodeAttribute(null=True)
    once = UnicodeAttribute(null=True)
    reached_at = UnicodeAttribute(null=True)
    app_sent = NumberAttribute(null=True)
    app_failed = NumberAttribute(null=True)
    app_holder = UnicodeAttribute(null=True)
    app_held_until = UnicodeAttribute(null=True)
    app_in_doubt_since = UnicodeAttribute(null=True)
    app_missed = UnicodeAttribute(null=True)
    line_sent = NumberAttribute(null=True)
    line_failed = NumberAttribute(null=True)
    line_holder = UnicodeAttribute(null=True)
    line_held_until = UnicodeAttribute(null=True)
    line_in_doubt_since = UnicodeAttribute(null=True)
    line_missed = UnicodeAttribute(null=True)
    # the last number
    last_announcement = NumberAttribute(null=True)
    # the announcements of an hour ("sent#2026-11-23T10+07:00")
    sent_count = NumberAttribute(null=True)


class BatchItem(Table):
    """One item of a message's target list.

    By `item`: its progress ("#progress"), a batch ("batch#00001"), the people in it ("people#00001"), or the people
    whom a channel did not reach ("failed#app#00001").
    """

    class Meta:
        table_name = settings().table("batches")

    message = UnicodeAttribute(hash_key=True)
    item = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
    # a batch, with its delivery on each channel
    people = NumberAttribute(null=True)
    read = NumberAttribute(null=True)
    read_missed = NumberSetAttribute(null=True)
    app_sent = NumberAttribute(null=True)
    app_failed = NumberAttribute(null=True)
    app_holder = UnicodeAttribute(null=True)
    app_held_until = UnicodeAttribute(null=True)
    app_in_doubt_since = UnicodeAttribute(null=True)
    app_missed = UnicodeAttribute(null=True)
    line_sent = NumberAttribute(null=True)
    line_failed = NumberAttribute(null=True)
    line_holder = UnicodeAttribute(null=True)
    line_held_until = UnicodeAttribute(null=True)
    line_in_doubt_since = UnicodeAttribute(null=True)
    line_missed = UnicodeAttribute(null=True)
    # who is in it: the ids one after the other, 13 digits each
    cids = UnicodeAttribute(null=True)
    # who gets the message on no channel: place in the batch -> reason; missing until it is decided
    withheld: MapAttribute[str, Any] = MapAttribute(null=True)
    # whom a channel did not reach: place in the batch -> reason
    failures: MapAttribute[str, Any] = MapAttribute(null=True)
    # the progress
    chunks_decided = NumberAttribute(null=True)
    chunks_written = NumberAttribute(null=True)
    batches = NumberAttribute(null=True)
    upload_id = UnicodeAttribute(null=True)
    upload_state = UnicodeAttribute(null=True)
    upload_size = NumberAttribute(null=True)
    next_offset = NumberAttribute(null=True)
    next_line = NumberAttribute(null=True)
    source_kind = UnicodeAttribute(null=True)
    source_first = UnicodeAttribute(null=True)
    source_last = UnicodeAttribute(null=True)
    source_department_id = NumberAttribute(null=True)
    source_states = UnicodeSetAttribute(null=True)
    source_after = UnicodeAttribute(null=True)
    counts: MapAttribute[str, Any] = MapAttribute(null=True)


class RecipientItem(Table):
    """A person as the target of one message, or their announcements of one day.

    By `message`: a target ("2026-11-23T10:00:00+07:00#00000#12.1"), or the announcements of a hospital that were for
    the person on a day ("#2026-11-23#00000"). The key begins with the person, so an inbox is one Query and nobody can
    be the target of a message twice.
    """

    class Meta:
        table_name = settings().table("recipients")

    cid = UnicodeAttribute(hash_key=True)
    message = UnicodeAttribute(range_key=True)
    expires_at = TTLAttribute(null=True)
    # a target
    hospital_code = UnicodeAttribute(null=True)
    message_id = NumberAttribute(null=True)
    batch = NumberAttribute(null=True)
    place = NumberAttribute(null=True)
    name = UnicodeAttribute(null=True)
    read_at = UnicodeAttribute(null=True)
    read_in = UnicodeAttribute(null=True)
    confirm_state = UnicodeAttribute(null=True)
    withheld = UnicodeAttribute(null=True)
    held_expires_at = NumberAttribute(null=True)  # while the person is held (infra/ops/person_data.py)
    # the announcements of a day: the keys of their target lists
    announcements = UnicodeSetAttribute(null=True)


class LineLinkItem(Table):
    """A linked LINE account, or an offered link.

    By `key`: the link by person ("cid#...") and by LINE user ("user#U..."), or an offered link ("nonce#...").
    """

    class Meta:
        table_name = settings().table("line-links")

    key = UnicodeAttribute(hash_key=True)
    cid = UnicodeAttribute(null=True)
    user_id = UnicodeAttribute(null=True)
    linked_at = NumberAttribute(null=True)
    expires_at = TTLAttribute(null=True)


class KeyItem(Table):
    """A secret that every process shares: the key of the cursors ("cursor-1")."""

    class Meta:
        table_name = settings().table("keys")

    name = UnicodeAttribute(hash_key=True)
    secret = UnicodeAttribute()


class AuditItem(Table):
    """Audit entry: who did what, and when, to a subject. Append only.

    subject: for example "account#00000#staff.demo". expires_at: only entries of sign-ins expire.
    """

    class Meta:
        table_name = settings().table("audit")

    subject = UnicodeAttribute(hash_key=True)
    at = UnicodeAttribute(range_key=True)
    actor = UnicodeAttribute()
    action = UnicodeAttribute()
    outcome = UnicodeAttribute(null=True)
    changes: JSONAttribute = JSONAttribute(null=True)
    expires_at = TTLAttribute(null=True)


class _ByAccount(GlobalSecondaryIndex[Any]):
    class Meta:
        index_name = "by-account"
        projection = AllProjection()

    account = UnicodeAttribute(hash_key=True)
    account_access = UnicodeAttribute(range_key=True)


class AccessItem(Table):
    """Who was shown a person, by hour, account and action.

    person: the keyed hash of the id. access: an hour with what stands for account and action
    ("2026-11-23T09#0123456789abcdef"). Rows are only added; they expire.
    """

    class Meta:
        table_name = settings().table("accesses")

    by_account = _ByAccount()

    person = UnicodeAttribute(hash_key=True)
    access = UnicodeAttribute(range_key=True)
    account = UnicodeAttribute()
    account_access = UnicodeAttribute()
    digits = UnicodeAttribute()
    at = UnicodeAttribute()
    hospital_code = UnicodeAttribute()
    login = UnicodeAttribute()
    action = UnicodeAttribute()
    by_id = BooleanAttribute()
    by_app = BooleanAttribute()
    expires_at = TTLAttribute()

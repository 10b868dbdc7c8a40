"""Actions that `make costs` measures: a working day at the demo hospital.

    python -m infra.generate.cost_scenarios    prints {"costs": {action: cost}, "called": [endpoint]} as JSON

The actions are done on a temporary engine with the demo data and a fixed clock, so that the figures are the same on
every machine and day. `costs.py` runs this as a process of its own.
"""

import base64
import json
import logging
import os
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import boto3

from infra.generate.request_meter import Caller, Cost, RequestMeter
from infra.local import child_processes, engine
from infra.local.event_sources import sqs_record

NOW = datetime.fromisoformat("2026-12-01T09:30:00+07:00")
DAY, OTHER_DAY = NOW.date() + timedelta(days=3), NOW.date() + timedelta(days=4)
SLOTS = "/api/appointment/AppointmentSlot"
APPOINTMENTS, SCHEDULES = "/api/dashboard/appointments", "/api/dashboard/schedules"
HOLIDAYS = "/api/dashboard/holidays"
TARGETS, PEOPLE, HISTORY = 100, 10, 1_000
HOSPITAL = {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ"}
PERSON = {"prefix": "นาย", "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}


def measure() -> dict[str, Any]:
    """Measure all actions; changes this process's environment.

    Returns {"costs": {action: cost}, "called": the names of the endpoints called}.
    """
    os.environ.setdefault("STAFF_CALLS_PER_SECOND", "10000")  # all actions of a day are done within seconds
    with (
        engine.temporary() as running,
        (running.folder / "simulator.log").open("ab") as log,
        child_processes.simulator(running.env, log) as simulator,
    ):
        os.environ.update(child_processes.provider_settings(simulator))
        return _measure()


def _measure() -> dict[str, Any]:
    from chalicelib import clock
    from infra.aws import resources_stack
    from infra.local import seed

    clock.run_on(lambda: NOW)
    resources_stack.apply("local")
    seed.load()
    day = MeasuredDay()
    for scenario in (day.his_calls, day.outside_calls, day.app_calls, day.desk_calls, day.schedule_calls,
                     day.catalogue_calls, day.announcement_calls, day.background_work, day.visit_calls,
                     day.calls_for_a_person_with_a_long_history, day.confirmations):  # fmt: skip
        scenario()
    return {"costs": {name: vars(cost) for name, cost in day.costs.items()}, "called": sorted(day.caller.called)}


class MeasuredDay:
    """Measurement of one action after another.

    costs: action -> its cost, in the order of the measurements.
    """

    def __init__(self) -> None:
        from chalicelib.schedules import actions as schedules

        self.costs: dict[str, Cost] = {}
        self.meter, self.caller = RequestMeter(), Caller()
        schedules.check_storage()  # makes the DynamoDB client, so that only the actions' requests are counted
        self.new_person, self.people = cid(1), [cid(n) for n in range(100, 100 + TARGETS)]

    def record(self, name: str, do: Callable[[], Any]) -> Any:
        """Call `do` and keep its cost under the name; without a name, only call it."""
        self.meter.take()
        result = do()
        if name:
            self.costs[name] = self.meter.take()
        return result

    def call(self, name: str, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        return self.record(name, lambda: self.caller.call(method, path, query, body))

    def slots(self, action: str, method: str = "GET", body: Any = None, name: str = "", **query: Any) -> Any:
        return self.call(name or action, method, SLOTS, {"Action": action, **query}, body)

    def book(self, schedule_id: int, cid: str, name: str, sender: dict[str, str] = HOSPITAL) -> Any:
        body = {"hospital": sender, "person": {"cid": cid, **PERSON},
                "appointment": {"hospital_code": "00000", "schedule_id": schedule_id}}  # fmt: skip
        return self.slots("ConfirmAppointmentSlot", "POST", body, name)

    def his_calls(self) -> None:
        from infra.local import demo

        self.record("sign in", lambda: self.caller.sign_in("his.demo", "His-demo-1"))
        self.slots("GetHospitalDepartment", hospital_code="00000")
        with_account = self.costs["GetHospitalDepartment"]
        self.slots("GetHospitalDepartment", hospital_code="00000")
        once = self.costs["GetHospitalDepartment"]
        self.costs["load an account, once in half a minute"] = Cost(
            **{name: value - vars(once)[name] for name, value in vars(with_account).items()}
        )
        self.slots("GetHospitalRoom", hospital_code="00000")
        month = {"date_start": "2026-12-01", "date_finish": "2026-12-31"}
        self.slots("GetHospitalSlotGroupByProvince", name="GetHospitalSlotGroupByProvince, a month", **month)
        self.slots("GetHospitalSlotByMonth", hospital_code="00000", year=2026, month=12)
        schedules = self.slots("GetHospitalSlotByDate", hospital_code="00000", date=DAY.isoformat())
        self.schedules = [schedule["schedule_id"] for schedule in schedules]
        self.book(self.schedules[0], demo.PEOPLE[0].cid, "book, a registered person")
        booked = self.book(self.schedules[1], self.new_person, "book, a new person")
        self.book(self.schedules[1], self.new_person, "book, a repeat")
        person = {"hospital_code": "00000", "cid": self.new_person}
        self.call("current appointments", "GET", "/api/appointment/Appointment", {"cid": self.new_person})
        self.call("ImmunizationTarget", "GET", "/api/ImmunizationTarget", {"cid": self.new_person})
        to = {"schedule_id": self.schedules[2]}
        moved = self.slots("PostponeAppointmentSlot", name="postpone", **person, **booked, **to)
        self.slots("PostponeAppointmentSlot", name="postpone, a repeat", **person, **booked, **to)
        self.slots("CancelAppointmentSlot", name="cancel", **person, **moved)
        self.slots("CancelAppointmentSlot", name="cancel, a repeat", **person, **moved)
        self.slots("GetHospitalSlotConfirmByDate", hospital_code="00000", date=DAY.isoformat())

    def outside_calls(self) -> None:
        self.caller.sign_in("his2.demo", "His2-demo-1", "00002")
        self.caller.call("GET", "/api/appointment/Appointment", {"cid": cid(3)})
        sender = {"hospital_code": "00002", "hospital_name": ""}
        name = "book, a new person without a national id, by another hospital's system"
        self.book(self.schedules[8], f"0{cid(3)[1:]}", name, sender)

    def app_calls(self) -> None:
        self.caller.sign_in("mohprompt.demo", "Mohprompt-demo-1")
        self.caller.call("GET", "/api/appointment/Appointment", {"cid": self.new_person})
        booked = self.book(self.schedules[3], self.new_person, "book, in the app")
        appointment = {"hospital_code": "00000", "cid": self.new_person, **booked}
        self.slots("AcknowledgeAppointmentSlot", "POST", name="confirm (AcknowledgeAppointmentSlot)", **appointment)
        self.slots("GetAppointmentCalendar", "POST", appointment)
        self.call(
            "a person's language", "POST", "/api/person/Language", None, {"cid": self.new_person, "language": "en"}
        )

        self.call("who saw a person (nobody yet)", "POST", "/api/person/AccessLog", None, {"cid": self.new_person})

    def desk_calls(self) -> None:
        self.caller.sign_in("staff.demo", "Staff-demo-1")
        self.caller.call("GET", "/api/dashboard/Welcome")
        date = {"date": DAY.isoformat()}
        self.call("the Welcome page", "GET", "/api/dashboard/Welcome")
        self.call("the dashboard's calendar of a month", "GET", "/api/dashboard/calendar", {"year": 2026, "month": 12})
        self.call("today's overview", "GET", "/api/dashboard/today")
        self.caller.sign_in("province.demo", "Province-demo-1", "00001")
        self.caller.call("GET", "/api/dashboard/Welcome")
        province = "/api/dashboard/province"
        self.caller.call("GET", province)  # the first cursor reads the key
        counted = self.call("the hospitals of a province", "GET", province)
        self.call("the hospitals of a province, those with nothing open", "GET", province, {"after": counted["next"]})
        self.caller.sign_in("staff.demo", "Staff-demo-1")
        month = {"year": DAY.year, "month": DAY.month}
        self.call("the figures of a month", "GET", "/api/dashboard/figures", month)
        self.call("the dashboard's list of a day", "GET", APPOINTMENTS, date)
        self.call("a page of the day's worklist", "GET", "/api/dashboard/worklist", date)
        self.call("a page of the day's worklist, with telephones", "GET", "/api/dashboard/worklist",
                  {**date, "contact": "true"})  # fmt: skip
        self.call("a person by national id", "POST", "/api/dashboard/people/lookup", None, {"cid": self.new_person})
        self.call("add a person to the white list", "POST", "/api/dashboard/people", None, {"cid": cid(2), **PERSON})
        body = {"cid": cid(2), "schedule_id": self.schedules[4]}
        self.call("what to know before a booking, at the desk", "POST", f"{APPOINTMENTS}/check", None, body)
        row = self.call("book, at the desk", "POST", APPOINTMENTS, None, body)
        self.call("a person's appointments at the hospital", "POST", f"{APPOINTMENTS}/of-person", None, {"cid": cid(2)})
        self.caller.call("POST", f"{APPOINTMENTS}/search", None, {"words": "สม"})  # the first cursor reads the key
        self.call("search by name or telephone (14 days)", "POST", f"{APPOINTMENTS}/search", None,
                  {"words": "ทดสอบ"})  # fmt: skip
        row = self.decide("accept", row)
        row = self.decide("reject", row)
        row = self.decide("postpone", row, to_schedule_id=self.schedules[5])
        place = f"{APPOINTMENTS}/{row['schedule_id']}/{row['place']}"
        self.call("a national id in full", "POST", f"{place}/reveal")
        self.call("a place's history", "GET", f"{place}/history")
        self.call("an appointment by its slip", "GET", f"/api/dashboard/slips/{row['slip_code']}")
        self.decide("cancel", row)
        self.call("how many reminders are sent", "GET", "/api/dashboard/Reminders")

    def decide(self, task: str, row: Any, **fields: Any) -> Any:
        path = f"{APPOINTMENTS}/{row['schedule_id']}/{row['place']}/{task}"
        return self.call(f"{task}, at the desk", "POST", path, None, {"version": row["version"], **fields})

    def schedule_calls(self) -> None:
        date = {"date": DAY.isoformat()}
        self.call("the schedule table of a day", "GET", SCHEDULES, date)
        self.call("the holidays of a year", "GET", HOLIDAYS, {"year": 2026})
        own_day = {"date": "2026-12-30", "name": "ปิดปรับปรุง", "closed": True}
        self.call("set a day of the hospital's own", "POST", HOLIDAYS, None, own_day)
        self.call("remove a day of the hospital's own", "DELETE", f"{HOLIDAYS}/2026-12-30")
        line = {"period_id": 1, "department_id": 1, "room_id": 1, "capacity": 20}
        body = {"date": "2027-01-11", "lines": [line, {**line, "period_id": 2}]}
        opened = self.call("open two schedules", "POST", SCHEDULES, None, body)
        change = {"online": True, "version": 1}
        for n, (name, capacity) in enumerate((("ten places more", 30), ("ten places fewer", 10))):
            path = f"{SCHEDULES}/{opened[n]['schedule_id']}"
            self.call(name, "PUT", path, None, {**change, "capacity": capacity})
        week = {"date_start": "2026-12-07", "date_finish": "2026-12-13", "to_start": "2027-02-01",
                "to_finish": "2027-02-07", "weekdays": [1, 2, 3, 4, 5], "skip_holidays": False}  # fmt: skip
        self.call("copy a week, preview", "POST", f"{SCHEDULES}/copy", None, {**week, "preview": True})
        self.call("copy a week (5 days of 16 schedules)", "POST", f"{SCHEDULES}/copy", None, week)
        self.close("move everybody of a schedule to another day", 6, "postpone", to_date=OTHER_DAY.isoformat())
        self.close("cancel everybody of a schedule", 7, "cancel")
        of_hospital: dict[str, Any] = {"hospital_code": "00002", "first_date": DAY.isoformat()}
        for name, action in (("count", "preview"), ("cancel", "cancel")):
            self.call(f"{name} what one other hospital has booked (28 days, 1 person)", "POST",
                      "/api/dashboard/outside-bookings", None, {**of_hospital, "action": action})  # fmt: skip

    def close(self, name: str, n: int, action: str, **fields: Any) -> None:
        for person in self.people[:PEOPLE]:
            self.caller.call("POST", "/api/dashboard/people", None, {"cid": person, **PERSON})
            self.caller.call("POST", APPOINTMENTS, None, {"cid": person, "schedule_id": self.schedules[n]})
        body = {"date": DAY.isoformat(), "schedule_id": self.schedules[n], **fields}
        if action == "postpone":
            listed = self.call(f"who is in a schedule ({PEOPLE} people)", "POST", "/api/dashboard/closures", None,
                               {**body, "action": "preview"})  # fmt: skip
            chosen = [{name: row[name] for name in ("schedule_id", "place", "version")} for row in listed["people"]]
            noted = {"version": chosen[0]["version"], "call_outcome": "no_answer"}
            place = f"{APPOINTMENTS}/{chosen[0]['schedule_id']}/{chosen[0]['place']}"
            chosen[0]["version"] = self.call(
                "note what came of a telephone call", "POST", f"{place}/call-outcome", None, noted
            )["version"]
            self.call(f"accept several ({PEOPLE} people)", "POST", f"{APPOINTMENTS}/accept", None,
                      {"places": chosen})  # fmt: skip
            where = {"date": DAY.isoformat(), "schedule_id": self.schedules[n]}
            self.call("where the people of a schedule can go", "GET", "/api/dashboard/closures/target", where)
        body["closing"] = f"{n:016x}"
        self.call(f"{name} ({PEOPLE} people)", "POST", "/api/dashboard/closures", None, {**body, "action": action})
        if action == "cancel":
            undo = {name: body[name] for name in ("date", "schedule_id", "closing")}
            self.call(f"undo this closing ({PEOPLE} people)", "POST", "/api/dashboard/reopenings", None,
                      {**undo, "people": PEOPLE})  # fmt: skip

    def catalogue_calls(self) -> None:
        bodies: dict[str, dict[str, Any]] = {
            "department": {"department_name": "ทันตกรรม"},
            "room": {"room_name": "ห้อง 9", "department_id": 1},
            "period": {"period_name": "ค่ำ", "time_start": "18:00:00", "time_finish": "18:59:59"},
        }
        for kind, body in bodies.items():
            path = f"/api/dashboard/{kind}s"
            self.call(f"the {kind}s", "GET", path)
            added = self.call(f"add a {kind}", "POST", path, None, body)
            item_path = f"{path}/{added[f'{kind}_id']}"
            self.call(f"change a {kind}", "PUT", item_path, None, {**body, "version": 1})
            self.call(f"remove a {kind}", "DELETE", item_path, {"version": 2})
        rules = self.call("the hospital's own rules", "GET", "/api/dashboard/settings")
        self.call("change the hospital's own rules", "PUT", "/api/dashboard/settings", None, rules)
        own = self.call("the hospital's own reasons", "GET", "/api/dashboard/reasons")
        words = {"th": "ปรับปรุงอาคาร", "en": "The building is being repaired"}
        wanted = {**own, "reasons": [words]}
        self.call("change the hospital's own reasons", "PUT", "/api/dashboard/reasons", None, wanted)

    def announcement_calls(self) -> None:
        white_list = "/api/dashboard/white-list"
        lines = [f"{person},นาย,ทดสอบ,ระบบ,1,15/01/2533," for person in self.people]
        of_all = f"({TARGETS} people)"
        self.call(
            f"import a white list {of_all}", "POST", f"{white_list}/import", None, {"lines": lines, "first_line": 1}
        )
        self.caller.call("POST", white_list, None, {})  # the first cursor of the process reads the key
        self.call("a page of the white list", "POST", white_list, None, {})
        self.call("count the white list", "GET", f"{white_list}/count")
        self.call("search the white list by name", "POST", f"{white_list}/search", None, {"words": "ทดสอบ"})
        self.call("find on the white list", "POST", f"{white_list}/find", None, {"cid": self.people[0]})
        entry = self.call("an entry of the white list", "POST", f"{white_list}/entry", None, {"cid": self.people[0]})
        edited = {**PERSON, "cid": self.people[0], "first_name": "แก้ไข", "added_at": entry["added_at"]}
        self.call("edit it", "POST", f"{white_list}/edit", None, edited)
        self.call("remove from the white list", "POST", f"{white_list}/remove", None, {"cid": cid(2)})
        draft = {"title": "คลินิกย้าย", "content": "เชิญที่อาคาร 2", "app": True, "line": True}
        message = self.call("a new announcement", "POST", "/api/messages", None, {**draft, "request_id": "one"})
        path = f"/api/messages/{message['message_id']}"
        self.call("change an announcement", "PUT", path, None, {**draft, "version": message["version"]})
        self.caller.call("POST", f"{path}/upload", None, {"size": 10})
        self.caller.call("DELETE", f"{path}/targets")
        content = base64.b64encode("\n".join(self.people).encode()).decode()
        self.call(f"upload a target file {of_all}", "POST", f"{path}/targets", None, {"content_base64": content})
        self.work(f"match it with the white list {of_all}", "message-prepare")
        self.call("an announcement with its figures", "GET", path)
        self.call("a page of its targets", "GET", f"{path}/recipients")
        self.call("its rejected lines", "GET", f"{path}/report", {"portion": 0})
        self.call("send it", "POST", f"{path}/send", None, {})
        self.caller.call("POST", f"{path}/stop", None, {})
        self.caller.call("POST", f"{path}/resume", None, {})
        self.work("put its batches on the queues", "message-prepare")
        self.work(f"deliver it to the app's gateway {of_all}", "message-app")
        self.work(f"deliver it to LINE {of_all}", "message-line")
        self.call("the list of announcements", "GET", "/api/messages")
        deleted = self.caller.call("POST", "/api/messages", None, draft)["message_id"]
        self.call("delete an announcement", "DELETE", f"/api/messages/{deleted}")
        self.caller.sign_in("his.demo", "His-demo-1")
        people = [{"cid": cid(n), **PERSON} for n in range(300, 310)]
        self.call("SendImmunizationTarget (10 people)", "POST", "/api/SendImmunizationTarget", None,
                  {"hospital": HOSPITAL, "target": people})  # fmt: skip
        body = {"hospital": HOSPITAL, "message_ref_code": "R1", "message_title": "ทดสอบ",
                "message_content_html": "ทดสอบ", "target": self.people}  # fmt: skip
        self.call(f"SendMessageTarget {of_all}", "POST", "/api/SendMessageTarget", None, body)
        self.caller.sign_in("mohprompt.demo", "Mohprompt-demo-1")
        inbox = self.call("a person's inbox", "GET", "/api/message/Inbox", {"cid": self.people[0]})
        self.caller.call("POST", "/api/message/Inbox", None, {"cid": self.people[0]})
        own = {"cid": self.people[0]}
        self.call("a page of a person's notices", "POST", "/api/message/Notices", None, own)
        self.call("a page of a person's announcements", "POST", "/api/message/Announcements", None, own)
        choice = {**own, "hospital_code": "00000", "wanted": False}
        self.call("want no announcements of a hospital", "POST", "/api/person/Announcements", None, choice)
        self.caller.call("POST", "/api/person/Announcements", None, {**choice, "wanted": True})
        opened = {"cid": self.people[0], "hospital_code": "00000", "message_id": inbox[0]["message_id"]}
        self.call("open an announcement", "POST", "/api/message/Read", None, opened)
        self.source_calls(draft)

    def source_calls(self, draft: dict[str, Any]) -> None:
        self.caller.sign_in("staff.demo", "Staff-demo-1")
        message = self.caller.call("POST", "/api/messages", None, draft)["message_id"]
        targets = f"/api/messages/{message}/targets"
        day = {"date_start": OTHER_DAY.isoformat(), "date_finish": OTHER_DAY.isoformat()}
        self.call("add the people of a day's bookings", "POST", f"{targets}/bookings", None, day)
        self.work("read a day's bookings", "message-prepare")
        self.call("add everybody on the white list", "POST", f"{targets}/white-list", None, {})
        self.work(f"read the white list ({TARGETS} people)", "message-prepare")
        self.scheduled_calls(f"/api/messages/{message}")

    def scheduled_calls(self, path: str) -> None:
        """Schedule an announcement, take it back, schedule it again, start it."""
        from chalicelib import clock
        from chalicelib.messages import scheduled_sending

        def body(version: int) -> dict[str, Any]:
            return {"date": DAY.isoformat(), "time": "08:00:00", "version": version}

        version = self.caller.call("GET", path)["version"]
        scheduled = self.call("schedule it", "POST", f"{path}/schedule", None, body(version))
        draft = self.call("take it back", "POST", f"{path}/take-back", None, {"version": scheduled["version"]})
        self.caller.call("POST", f"{path}/schedule", None, body(draft["version"]))
        self.record("queue scheduled announcements, a run with none due", scheduled_sending.queue_due)
        before = clock.run_on(lambda: datetime.fromisoformat(scheduled["send_at"]))
        self.record("queue scheduled announcements, a run with one due", scheduled_sending.queue_due)
        self.work("start a scheduled announcement", "message-prepare")
        clock.run_on(before)

    def work(self, name: str, queue: str) -> None:
        """Call the queue's function with all jobs that wait, and keep its cost.

        Without the clean-ups of target lists: they are delayed, so a slow machine would receive some of them here.
        name: the action under which the cost is kept. Raises RuntimeError if a job fails.
        """
        from chalicelib.booking import announcement_targets
        from chalicelib.messages import workers

        functions: dict[str, Callable[[Any], dict[str, Any]]] = {
            "message-prepare": lambda records: workers.prepare(records, announcement_targets.read),
            "message-app": workers.deliver_app,
            "message-line": workers.deliver_line,
        }
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName=f"moph-local-{queue}")["QueueUrl"]
        records = []
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            jobs = [message for message in messages if json.loads(message["Body"])["job"] != "CleanUpTargetList"]
            records += [sqs_record(message, url) for message in jobs]
        failed = self.record(name, lambda: functions[queue](records))["batchItemFailures"]
        if failed:
            raise RuntimeError(f"{queue}: {len(failed)} jobs failed")
        for record in records:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=record["receiptHandle"])

    def background_work(self) -> None:
        from chalicelib.booking import acceptance_counts, appointment_audit, name_updates, notices
        from chalicelib.schedules import availability

        client = boto3.client("dynamodb")
        day = {"S": f"00000#{OTHER_DAY.isoformat()}"}
        rows = client.query(TableName="moph-local-appointments", IndexName="by-hospital-day",
                             KeyConditionExpression="hospital_day = :day",
                             ExpressionAttributeValues={":day": day})["Items"]  # fmt: skip
        appointment = min(rows, key=lambda item: str(item["cid"]["S"]))
        self.record("recount a day (after each change, at most)", lambda: availability.recount({("00000", DAY)}))
        days = {("00000", OTHER_DAY)}
        self.record("show the present names on a day (after a change)", lambda: name_updates.show_on(days))
        self.record("an audit entry (after each change)", lambda: appointment_audit.record([(None, appointment)]))
        accepted = appointment | {"accepted_at": appointment["booked_at"], "accepted_by": {"S": "staff.demo"}}
        client.put_item(TableName="moph-local-appointments", Item=accepted)
        self.record(
            "count what is accepted (after an accept)", lambda: acceptance_counts.count([(appointment, accepted)])
        )
        for queue in ("message-prepare", "message-app", "message-line"):
            self.work("", queue)  # the jobs that the announcements above have left
        link = {"key": {"S": f"cid#{appointment['cid']['S']}"}, "cid": appointment["cid"], "user_id": {"S": "U1"}}
        client.put_item(TableName="moph-local-line-links", Item=link)
        self.record("a notice to a person", lambda: notices.tell([(None, appointment)]))
        self.work("deliver a notice to the app's gateway", "message-app")
        self.work("deliver a notice to LINE", "message-line")
        self.record("reminders, a run over all hospitals (25, none due)", notices.remind)

    def confirmations(self) -> None:
        """Measure a request to confirm, a release, and giving the place back.

        One hospital asks, on the day before the appointment.
        """
        from chalicelib import clock
        from chalicelib.booking import confirmations

        self.caller.sign_in("staff.demo", "Staff-demo-1")
        settings = "/api/dashboard/settings"
        rules = {**self.caller.call("GET", settings), "confirm_time": "16:00", "release_departments": [1, 2]}
        self.caller.call("PUT", settings, None, rules)
        day = DAY + timedelta(days=100)
        line = {"period_id": 3, "department_id": 1, "room_id": 1, "capacity": 20}
        (opened,) = self.caller.call("POST", SCHEDULES, None, {"date": day.isoformat(), "lines": [line]})
        self.caller.call("POST", APPOINTMENTS, None, {"cid": self.people[0], "schedule_id": opened["schedule_id"]})
        deadline = datetime.combine(day - timedelta(days=1), time(16), clock.BANGKOK)
        before = clock.run_on(lambda: deadline - timedelta(days=1))
        self.record("ask a person to confirm, a run (25 hospitals, one asks)", confirmations.run)
        self.work("", "message-app")
        clock.run_on(lambda: deadline)
        self.record("release an unconfirmed place, a run (25 hospitals, one asks)", confirmations.run)
        self.record("release unconfirmed places, a run with none due", confirmations.run)
        clock.run_on(before)
        query = {"date": day.isoformat()}
        (released,) = self.call("the released places of a day", "GET", f"{APPOINTMENTS}/released", query)
        path = f"{APPOINTMENTS}/{released['schedule_id']}/{released['place']}/give-back"
        self.call("give a released place back", "POST", path, None, {"version": released["version"]})

    def visit_calls(self) -> None:
        """Measure the day of the visit.

        Today has no schedules yet, because the demo data begins tomorrow.
        """
        from chalicelib.accounts import actions as accounts
        from chalicelib.auth.passwords import password_hash

        self.caller.sign_in("staff.demo", "Staff-demo-1")
        points = "/api/dashboard/points"
        there = self.call("add a service point", "POST", points, None, {"point_name": "ห้องยา"})
        body = {"point_name": "ตรวจ", "departments": [1, 2], "next_point": there["point_id"]}
        point = self.caller.call("POST", points, None, body)
        change = {**body, "point_name": "ห้องตรวจ", "version": 1}
        self.call("change a service point", "PUT", f"{points}/{point['point_id']}", None, change)
        spare = self.caller.call("POST", points, None, {"point_name": "อื่น ๆ"})
        self.call("remove a service point", "DELETE", f"{points}/{spare['point_id']}", {"version": 1})
        self.call("the service points", "GET", points)
        boards = "/api/dashboard/boards"
        wanted = {"board_name": "จอหน้าห้องตรวจ", "points": [point["point_id"]]}
        board = self.call("add a board", "POST", boards, None, wanted)
        key = f"{boards}/{board['board_id']}"
        self.call("change a board", "PUT", key, None, {**wanted, "board_name": "จอ 1", "version": 1})
        self.call("replace the address of a board", "POST", f"{key}/token", None, {"version": 2})
        self.call("the boards", "GET", boards)
        self.call("remove a board", "DELETE", key, {"version": 3})
        rules = self.call("the rules for the day of the visit", "GET", "/api/dashboard/visit-rules")
        self.call("change the rules for the day of the visit", "PUT", "/api/dashboard/visit-rules", None, rules)
        line = {"period_id": 3, "department_id": 1, "room_id": 1, "capacity": 20}
        (opened,) = self.caller.call("POST", SCHEDULES, None, {"date": NOW.date().isoformat(), "lines": [line]})
        rows = [
            self.caller.call("POST", APPOINTMENTS, None, {"cid": person, "schedule_id": opened["schedule_id"]})
            for person in self.people[:5]
        ]
        queue = f"/api/dashboard/queues/{point['point_id']}"
        self.call("arrive, at the desk", "POST", "/api/dashboard/arrivals", None, {"code": rows[0]["slip_code"]})
        self.call("arrive, a repeat", "POST", "/api/dashboard/arrivals", None, {"code": rows[0]["slip_code"]})
        self.call("arrive, by national id", "POST", "/api/dashboard/arrivals", None, {"code": self.people[1]})
        self.call("draw a ticket, at the desk", "POST", "/api/dashboard/tickets", None,
                  {"point_id": point["point_id"], "ticket_id": "ticket-00000001"})  # fmt: skip
        self.call("a service point's queue (3 people)", "GET", queue)
        self.counter(queue, "call the next", "call", "call-00000001")
        self.counter(queue, "call the next, a repeat", "call", "call-00000001")
        self.counter(queue, "call the same again", "recall", "call-00000001")
        self.counter(queue, "served", "serve", "call-00000001")
        self.counter(queue, "", "call", "call-00000002")
        self.counter(queue, "send on to another service point", "send-on", "call-00000002", to_point=there["point_id"])
        self.counter(queue, "call the next, a ticket", "call", "call-00000003")
        self.counter(queue, "skip", "skip", "call-00000003")
        self.counter(queue, "", "call", "call-00000004")
        self.counter(queue, "absent", "absent", "call-00000004")
        self.call("who is not known (5 appointments)", "GET", "/api/dashboard/visits/not-known",
                  {"date": NOW.date().isoformat()})  # fmt: skip
        self.call("say what became of a visit", "POST", "/api/dashboard/visits/outcome", None,
                  {"slip_code": rows[1]["slip_code"], "outcome": "served"})  # fmt: skip
        granted = frozenset({"QUEUE_KIOSK:1"})
        accounts.add_account_by_command(
            "costs", "00000", "kiosk.demo", "ตู้ลงทะเบียน", granted, password_hash("Kiosk-demo-1"), False
        )
        self.caller.sign_in("kiosk.demo", "Kiosk-demo-1")
        kiosk = "/api/dashboard/kiosk"
        self.caller.call("GET", f"{kiosk}/points")
        self.call("arrive, at the kiosk", "POST", f"{kiosk}/arrivals", None, {"code": rows[2]["slip_code"]})
        self.call("draw a ticket, at the kiosk", "POST", f"{kiosk}/tickets", None,
                  {"point_id": point["point_id"], "ticket_id": "ticket-00000002"})  # fmt: skip
        self.call("the kiosk's service points", "GET", f"{kiosk}/points")
        self.call("how many wait in front, at the kiosk", "GET", f"{kiosk}/points/{point['point_id']}/ahead",
                  {"queue_no": rows[2]["queue_no"]})  # fmt: skip
        self.caller.sign_in("his.demo", "His-demo-1")
        held = rows[3]["hospital_appointment_slot_id"]
        person = {"hospital_code": "00000", "cid": self.people[3], "hospital_appointment_slot_id": held}
        self.slots("GetQueueStatus", hospital_code="00000")
        self.slots("ConfirmArrival", "POST", {**person, "visit_number": "691201000123"})
        self.caller.sign_in("mohprompt.demo", "Mohprompt-demo-1")
        self.slots("GetQueuePosition", "POST", person)
        self.caller.sign_in("his.demo", "His-demo-1")
        self.slots("ConfirmVisitOutcome", "POST", {**person, "outcome": "served"})

    def calls_for_a_person_with_a_long_history(self) -> None:
        """Calls for a person who has HISTORY appointments that are over.

        They book, move and cancel as everybody does.
        """
        client, person = boto3.client("dynamodb"), cid(900)
        (row,) = client.scan(TableName="moph-local-appointments", Limit=1)["Items"]
        days = [NOW.date() - timedelta(days=1 + n) for n in range(HISTORY)]
        keys = [{"cid": {"S": person}, "appointment": {"S": f"{day}#00000#{day:%Y%m%d}0001"}} for day in days]
        for start in range(0, HISTORY, 25):
            puts = [{"PutRequest": {"Item": row | key}} for key in keys[start : start + 25]]
            client.batch_write_item(RequestItems={"moph-local-appointments": puts})
        self.caller.sign_in("his.demo", "His-demo-1")
        free = self.slots("GetHospitalSlotByDate", hospital_code="00000", date=(DAY + timedelta(days=2)).isoformat())
        first, second = (schedule["schedule_id"] for schedule in free[:2])
        at = f", a person with {HISTORY:,} appointments"
        booked = self.book(first, person, f"book{at}")
        names = {"hospital_code": "00000", "cid": person}
        to = {"schedule_id": second}
        moved = self.slots("PostponeAppointmentSlot", name=f"postpone{at}", **names, **booked, **to)
        self.slots("CancelAppointmentSlot", name=f"cancel{at}", **names, **moved)
        self.call(f"current appointments{at}", "GET", "/api/appointment/Appointment", {"cid": person})

    def counter(self, queue: str, name: str, task: str, call_id: str, **fields: Any) -> None:
        self.call(name, "POST", f"{queue}/counters/1/{task}", None, {"call_id": call_id, **fields})


def cid(number: int) -> str:
    """The national id of a person who is not registered.

    13 digits with a correct check digit.
    """
    from chalicelib.fields import check_digit

    first_12 = f"3{number:011d}"
    return f"{first_12}{check_digit(first_12)}"


if __name__ == "__main__":
    logging.getLogger("moph").disabled = True
    print(json.dumps(measure(), ensure_ascii=False))

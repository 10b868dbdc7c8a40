"""A day at the demo hospital, action by action, with what each asks of DynamoDB: what `make costs` publishes.

On an engine of its own with the demo data and a fixed clock, so the figures are the same on every machine and day.
"""

import base64
import json
import logging
import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from infra.generate.request_meter import Caller, Cost, Meter

AT = datetime.fromisoformat("2026-12-01T09:30:00+07:00")
DAY, OTHER_DAY = AT.date() + timedelta(days=3), AT.date() + timedelta(days=4)
SLOTS = "/api/appointment/AppointmentSlot"
APPOINTMENTS, SCHEDULES = "/api/dashboard/appointments", "/api/dashboard/schedules"
TARGETS, PEOPLE = 100, 10
PERSON = {"prefix": "นาย", "first_name": "ทดสอบ", "last_name": "ระบบ", "gender": 1}


def on_an_engine_of_its_own() -> dict[str, Any]:
    """{"costs": {action: cost}, "called": the endpoints that were called}. Sets this process's environment."""
    import os

    from infra.local import engine, processes

    with tempfile.TemporaryDirectory(prefix="moph-costs-") as folder, Path(folder, "simulator.log").open("ab") as log:
        port, outside = processes.free_port(), processes.free_port()
        simulator_url = f"http://127.0.0.1:{outside}"
        os.environ.update(processes.local_environment(f"http://127.0.0.1:{port}"))
        os.environ.update({"APP_GATEWAY_URL": f"{simulator_url}/app", "LINE_API_URL": f"{simulator_url}/line"})
        running = [engine.start(Path(folder), port, **engine.NOTHING_SAVED)]
        try:
            running.append(
                processes.start(
                    "infra.local.provider_simulator", "--port", str(outside), env=dict(os.environ), output=log
                )
            )
            processes.wait_for(f"{simulator_url}/health", running[-1])
            return _measure()
        finally:
            for process in reversed(running):
                processes.stop(process)


def _measure() -> dict[str, Any]:
    from chalicelib import clock
    from infra.aws import stack
    from infra.local import seed

    clock.run_on(lambda: AT)
    stack.apply("local")
    seed.load()
    day = Day()
    for part in (day.of_a_hospitals_system, day.of_the_app, day.at_the_desk, day.of_whoever_makes_schedules,
                 day.of_the_catalogue, day.of_announcements, day.behind_the_scenes):  # fmt: skip
        part()
    return {"costs": {name: vars(one) for name, one in day.found.items()}, "called": sorted(day.caller.called)}


class Day:
    """Measures one thing after the other; `found`: action -> what it asked for, in that order."""

    def __init__(self) -> None:
        from chalicelib.schedules import actions as schedules

        self.found: dict[str, Cost] = {}
        self.meter, self.caller = Meter(), Caller()
        schedules.reachable()  # the client is made; only requests of actions are counted from here
        self.stranger, self.many = cid(1), [cid(n) for n in range(100, 100 + TARGETS)]

    def record(self, name: str, do: Callable[[], Any]) -> Any:
        """Does it, and writes down what it asked for; without a name, it is only done."""
        self.meter.take()
        result = do()
        if name:
            self.found[name] = self.meter.take()
        return result

    def call(self, name: str, method: str, path: str, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        return self.record(name, lambda: self.caller.call(method, path, query, body))

    def slots(self, action: str, method: str = "GET", body: Any = None, name: str = "", **query: Any) -> Any:
        return self.call(name or action, method, SLOTS, {"Action": action, **query}, body)

    def book(self, schedule_id: int, who: str, name: str) -> Any:
        here = {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ"}
        body = {"hospital": here, "person": {"cid": who, **PERSON},
                "appointment": {"hospital_code": "00000", "schedule_id": schedule_id}}  # fmt: skip
        return self.slots("ConfirmAppointmentSlot", "POST", body, name)

    def of_a_hospitals_system(self) -> None:
        from infra.local import demo

        self.record("sign in", lambda: self.caller.sign_in("his.demo", "His-demo-1"))
        self.slots("GetHospitalDepartment", hospital_code="00000")
        with_account = self.found["GetHospitalDepartment"]
        self.slots("GetHospitalDepartment", hospital_code="00000")
        once = self.found["GetHospitalDepartment"]
        self.found["looking an account up, once in half a minute"] = Cost(
            **{name: value - vars(once)[name] for name, value in vars(with_account).items()}
        )
        self.slots("GetHospitalRoom", hospital_code="00000")
        month = {"date_start": "2026-12-01", "date_finish": "2026-12-31"}
        self.slots("GetHospitalSlotGroupByProvince", name="GetHospitalSlotGroupByProvince, a month", **month)
        self.slots("GetHospitalSlotByMonth", hospital_code="00000", year=2026, month=12)
        open_ = self.slots("GetHospitalSlotByDate", hospital_code="00000", date=DAY.isoformat())
        self.schedules = [one["schedule_id"] for one in open_]
        self.book(self.schedules[0], demo.PEOPLE[0].cid, "book, a person whom the registry knows")
        booked = self.book(self.schedules[1], self.stranger, "book, a new person")
        self.book(self.schedules[1], self.stranger, "book, the same once more (a repeat)")
        new = {"hospital_code": "00000", "cid": self.stranger}
        self.call("current appointments", "GET", "/api/appointment/Appointment", {"cid": self.stranger})
        self.call("ImmunizationTarget", "GET", "/api/ImmunizationTarget", {"cid": self.stranger})
        to = {"schedule_id": self.schedules[2]}
        moved = self.slots("PostponeAppointmentSlot", name="postpone", **new, **booked, **to)
        self.slots("PostponeAppointmentSlot", name="postpone, a repeat", **new, **booked, **to)
        self.slots("CancelAppointmentSlot", name="cancel", **new, **moved)
        self.slots("CancelAppointmentSlot", name="cancel, a repeat", **new, **moved)
        self.slots("GetHospitalSlotConfirmByDate", hospital_code="00000", date=DAY.isoformat())

    def of_the_app(self) -> None:
        self.caller.sign_in("mohprompt.demo", "Mohprompt-demo-1")
        self.caller.call("GET", "/api/appointment/Appointment", {"cid": self.stranger})
        held = self.book(self.schedules[3], self.stranger, "book, in the app")
        mine = {"hospital_code": "00000", "cid": self.stranger, **held}
        self.slots("AcknowledgeAppointmentSlot", "POST", name="confirm (AcknowledgeAppointmentSlot)", **mine)
        self.slots("GetAppointmentCalendar", "POST", mine)
        self.call("a person's language", "POST", "/api/person/Language", None, {"cid": self.stranger, "language": "en"})

    def at_the_desk(self) -> None:
        self.caller.sign_in("staff.demo", "Staff-demo-1")
        self.caller.call("GET", "/api/dashboard/Welcome")
        date = {"date": DAY.isoformat()}
        self.call("the Welcome page", "GET", "/api/dashboard/Welcome")
        self.call("the dashboard's calendar of a month", "GET", "/api/dashboard/calendar", {"year": 2026, "month": 12})
        self.call("the dashboard's list of a day", "GET", APPOINTMENTS, date)
        self.call("a person by national id", "POST", "/api/dashboard/people/lookup", None, {"cid": self.stranger})
        self.call("a person onto the white list", "POST", "/api/dashboard/people", None, {"cid": cid(2), **PERSON})
        body = {"cid": cid(2), "schedule_id": self.schedules[4]}
        row = self.call("book, at the desk", "POST", APPOINTMENTS, None, body)
        row = self.task("accept", row)
        row = self.task("reject", row)
        row = self.task("postpone", row, to_schedule_id=self.schedules[5])
        place = f"{APPOINTMENTS}/{row['schedule_id']}/{row['place']}"
        self.call("a national id in full", "POST", f"{place}/reveal")
        self.call("a place's history", "GET", f"{place}/history")
        self.call("an appointment by its slip", "GET", f"/api/dashboard/slips/{row['slip_code']}")
        self.task("cancel", row)
        self.call("how many reminders are sent", "GET", "/api/dashboard/Reminders")

    def task(self, what: str, row: Any, **more: Any) -> Any:
        path = f"{APPOINTMENTS}/{row['schedule_id']}/{row['place']}/{what}"
        return self.call(f"{what}, at the desk", "POST", path, None, {"version": row["version"], **more})

    def of_whoever_makes_schedules(self) -> None:
        date = {"date": DAY.isoformat()}
        self.call("the schedule table of a day", "GET", SCHEDULES, date)
        self.call("the holidays of a year", "GET", "/api/dashboard/holidays", {"year": 2026})
        line = {"period_id": 1, "department_id": 1, "room_id": 1, "capacity": 20}
        body = {"date": "2027-01-11", "lines": [line, {**line, "period_id": 2}]}
        made = self.call("open two schedules", "POST", SCHEDULES, None, body)
        change = {"online": True, "version": 1}
        for n, (name, capacity) in enumerate((("ten places more", 30), ("ten places fewer", 10))):
            path = f"{SCHEDULES}/{made[n]['schedule_id']}"
            self.call(name, "PUT", path, None, {**change, "capacity": capacity})
        week = {"date_start": "2026-12-07", "date_finish": "2026-12-13", "to_start": "2027-02-01",
                "to_finish": "2027-02-07", "weekdays": [1, 2, 3, 4, 5], "skip_holidays": False}  # fmt: skip
        self.call("copy a week, what would happen", "POST", f"{SCHEDULES}/copy", None, {**week, "preview": True})
        self.call("copy a week (5 days of 16 schedules)", "POST", f"{SCHEDULES}/copy", None, week)
        self.close("move everybody of a schedule to another day", 6, "postpone", to_date=OTHER_DAY.isoformat())
        self.close("cancel everybody of a schedule", 7, "cancel")

    def close(self, name: str, n: int, action: str, **more: Any) -> None:
        for who in self.many[:PEOPLE]:
            person = {"cid": who, **PERSON}
            self.caller.call("POST", "/api/dashboard/people", None, person)
            self.caller.call("POST", APPOINTMENTS, None, {"cid": who, "schedule_id": self.schedules[n]})
        body = {"date": DAY.isoformat(), "schedule_id": self.schedules[n], **more}
        if action == "postpone":
            self.call(f"who is in a schedule ({PEOPLE} people)", "POST", "/api/dashboard/closures", None,
                      {**body, "action": "preview"})  # fmt: skip
        self.call(f"{name} ({PEOPLE} people)", "POST", "/api/dashboard/closures", None, {**body, "action": action})

    def of_the_catalogue(self) -> None:
        bodies: dict[str, dict[str, Any]] = {
            "department": {"department_name": "ทันตกรรม"},
            "room": {"room_name": "ห้อง 9", "department_id": 1},
            "period": {"period_name": "ค่ำ", "time_start": "18:00:00", "time_finish": "18:59:59"},
        }
        for what, body in bodies.items():
            path = f"/api/dashboard/{what}s"
            self.call(f"the {what}s", "GET", path)
            made = self.call(f"add a {what}", "POST", path, None, body)
            one = f"{path}/{made[f'{what}_id']}"
            self.call(f"change a {what}", "PUT", one, None, {**body, "version": 1})
            self.call(f"remove a {what}", "DELETE", one, {"version": 2})
        rules = self.call("the hospital's own rules", "GET", "/api/dashboard/settings")
        self.call("change the hospital's own rules", "PUT", "/api/dashboard/settings", None, rules)

    def of_announcements(self) -> None:
        white = "/api/dashboard/white-list"
        lines = [f"{who},นาย,ทดสอบ,ระบบ,1,15/01/2533," for who in self.many]
        of_all = f"({TARGETS} people)"
        self.call(f"import a white list {of_all}", "POST", f"{white}/import", None, {"lines": lines, "first_line": 1})
        self.call("a page of the white list", "POST", white, None, {})
        self.call("find on the white list", "POST", f"{white}/find", None, {"cid": self.many[0]})
        self.call("remove from the white list", "POST", f"{white}/remove", None, {"cid": cid(2)})
        draft = {"title": "คลินิกย้าย", "content": "เชิญที่อาคาร 2", "app": True, "line": True}
        message = self.call("a new announcement", "POST", "/api/messages", None, {**draft, "request_id": "one"})
        path = f"/api/messages/{message['message_id']}"
        self.call("change an announcement", "PUT", path, None, {**draft, "version": message["version"]})
        self.caller.call("POST", f"{path}/upload", None, {"size": 10})
        self.caller.call("DELETE", f"{path}/targets")
        content = base64.b64encode("\n".join(self.many).encode()).decode()
        self.call(f"upload a target file {of_all}", "POST", f"{path}/targets", None, {"content_base64": content})
        self.work(f"match it with the white list {of_all}", "message-prepare")
        self.call("an announcement with its figures", "GET", path)
        self.call("a page of its targets", "GET", f"{path}/recipients")
        self.call("its lines that were refused", "GET", f"{path}/report", {"portion": 0})
        self.call("send it", "POST", f"{path}/send", None, {})
        self.caller.call("POST", f"{path}/stop", None, {})
        self.caller.call("POST", f"{path}/resume", None, {})
        self.work("put its batches on the queues", "message-prepare")
        self.work(f"hand it to the app's gateway {of_all}", "message-app")
        self.work(f"hand it to LINE {of_all}", "message-line")
        self.call("the list of announcements", "GET", "/api/messages")
        gone = self.caller.call("POST", "/api/messages", None, draft)["message_id"]
        self.call("delete an announcement", "DELETE", f"/api/messages/{gone}")
        self.caller.sign_in("his.demo", "His-demo-1")
        here = {"hospital_code": "00000", "hospital_name": "รพ.ทดสอบระบบ"}
        people = [{"cid": cid(n), **PERSON} for n in range(300, 310)]
        self.call("SendImmunizationTarget (10 people)", "POST", "/api/SendImmunizationTarget", None,
                  {"hospital": here, "target": people})  # fmt: skip
        sent = {"hospital": here, "message_ref_code": "R1", "message_title": "ทดสอบ", "message_content_html": "ทดสอบ"}
        self.call(f"SendMessageTarget {of_all}", "POST", "/api/SendMessageTarget", None, {**sent, "target": self.many})
        self.caller.sign_in("mohprompt.demo", "Mohprompt-demo-1")
        inbox = self.call("a person's inbox", "GET", "/api/message/Inbox", {"cid": self.many[0]})
        self.caller.call("POST", "/api/message/Inbox", None, {"cid": self.many[0]})
        opened = {"cid": self.many[0], "hospital_code": "00000", "message_id": inbox[0]["message_id"]}
        self.call("open an announcement", "POST", "/api/message/Read", None, opened)

    def work(self, name: str, queue: str) -> None:
        """Lets the queue's function do what waits for it, and counts what that asks for."""
        from chalicelib.messages import workers

        do = {
            "message-prepare": workers.prepare,
            "message-app": workers.deliver_app,
            "message-line": workers.deliver_line,
        }
        sqs = boto3.client("sqs")
        url = sqs.get_queue_url(QueueName=f"moph-local-{queue}")["QueueUrl"]
        records = []
        while messages := sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        ).get("Messages"):
            for one in messages:
                records.append({"messageId": one["MessageId"], "receiptHandle": one["ReceiptHandle"],
                                "body": one["Body"], "attributes": one["Attributes"]})  # fmt: skip
        failed = self.record(name, lambda: do[queue](records))["batchItemFailures"]
        if failed:
            raise RuntimeError(f"{queue}: {len(failed)} jobs failed")
        for one in records:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["receiptHandle"])

    def behind_the_scenes(self) -> None:
        from chalicelib.audit import actions as audit
        from chalicelib.booking import notices
        from chalicelib.schedules import availability

        client = boto3.client("dynamodb")
        day = {"S": f"00000#{OTHER_DAY.isoformat()}"}
        moved = client.query(TableName="moph-local-appointments", IndexName="by-hospital-day",
                             KeyConditionExpression="hospital_day = :day",
                             ExpressionAttributeValues={":day": day})["Items"]  # fmt: skip
        one = min(moved, key=lambda item: str(item["cid"]["S"]))
        self.record("count a day anew (after each change, at most)", lambda: availability.recount({("00000", DAY)}))
        self.record("a line of the audit (after each change)", lambda: audit.record_appointments([(None, one)]))
        for queue in ("message-prepare", "message-app", "message-line"):
            self.work("", queue)  # what the announcements above have left there
        linked = {"key": {"S": f"cid#{one['cid']['S']}"}, "cid": one["cid"], "user_id": {"S": "U1"}}
        client.put_item(TableName="moph-local-line-links", Item=linked)
        self.record("a notice to a person", lambda: notices.tell([(None, one)]))
        self.work("hand a notice to the app's gateway", "message-app")
        self.work("hand a notice to LINE", "message-line")
        self.record("reminders, a look at every hospital (25, nobody due)", notices.remind)


def cid(number: int) -> str:
    """A well-formed national id of somebody whom nobody knows yet."""
    from chalicelib.fields import check_digit

    first = f"3{number:011d}"
    return f"{first}{check_digit(first)}"


if __name__ == "__main__":
    logging.getLogger("moph").disabled = True
    print(json.dumps(on_an_engine_of_its_own(), ensure_ascii=False))

"""Real answers for the API document: a short day at the demo hospital, played on its own engine with a fixed clock.

    python -m infra.generate.examples            writes docs/examples.json
    python -m infra.generate.examples --check    fails where the file differs

What differs from one recording to the next (ids of requests, milliseconds, the token) is written as a fixed stand-in.
"""

import json
import logging
import os
import re
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.local import engine, processes

FILE = Path(__file__).resolve().parents[2] / "docs" / "examples.json"
AT = datetime.fromisoformat("2026-12-01T09:30:00+07:00")
CID = "1111111111119"
SLOTS = "/api/appointment/AppointmentSlot"


def load() -> dict[str, dict[str, Any]]:
    """action name -> {"200": the answer, "409 SlotsFull": ..., "body": what was sent}."""
    recorded: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return recorded


class Recorder:
    """Calls the app through Chalice's local gateway and keeps the answers by action."""

    def __init__(self) -> None:
        from chalice.config import Config
        from chalice.local import LocalGateway

        from app import app

        self.recorded: dict[str, dict[str, Any]] = {}
        self._gateway = LocalGateway(app, Config.create(lambda_timeout=29))
        self._token = ""

    def sign_in(self, login: str, hospital_code: str, password: str) -> None:
        from chalicelib.auth.passwords import password_hash

        sent = {"user": login, "hospital_code": hospital_code, "password_hash": password_hash(password)}
        self._token = self._send("POST", "/token?Action=get_moph_access_token", sent)[1]

    def play(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """One call; returns the result, or None where it was refused."""
        status, text = self._send(method, path, body)
        answer = json.loads(re.sub(r'"slip_code":"[^"]*"', '"slip_code":"00000-0ABCD-EFGHJ-KMNPQ"', text))
        answer["processing_ms"] = 7
        if "Error" in answer:
            answer["Error"]["request_id"] = "2f1c3d5e-0000-4000-8000-000000000000"
        label = "200" if status == 200 else f"{status} {answer['Error']['code']}"
        kept = self.recorded.setdefault(name, {})
        kept.setdefault(label, answer)
        if body is not None:
            kept.setdefault("body", body)
        return answer.get("result")

    def _send(self, method: str, path: str, body: Any) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        sent = None if body is None else json.dumps(body).encode()
        answer = self._gateway.handle_request(method, path, headers, sent)
        return answer["statusCode"], answer["body"]


def record() -> dict[str, dict[str, Any]]:
    """Plays the day and returns what was answered."""
    with tempfile.TemporaryDirectory() as folder:
        port = processes.free_port()
        os.environ.update(processes.local_environment(f"http://127.0.0.1:{port}"))
        running = engine.start(Path(folder), port, **engine.NOTHING_SAVED)
        try:
            from chalicelib import clock
            from infra.aws import stack
            from infra.local import seed

            clock.run_on(lambda: AT)
            stack.apply("local")
            seed.load()
            recorder = Recorder()
            _his_day(recorder)
            return recorder.recorded
        finally:
            processes.stop(running)


def _his_day(play: Recorder) -> None:
    play.sign_in("his.demo", "00000", "His-demo-1")

    def slots(action: str, query: str, method: str = "GET", body: Any = None) -> Any:
        return play.play(action, method, f"{SLOTS}?Action={action}&{query}", body)

    slots("GetHospitalDepartment", "hospital_code=00000")
    slots("GetHospitalDepartment", "hospital_code=99999")
    slots("GetHospitalRoom", "hospital_code=00000&department_id=1")
    slots("GetHospitalSlotGroupByProvince", "date_start=2026-12-02&date_finish=2026-12-31")
    slots("GetHospitalSlotByMonth", "hospital_code=00000&year=2026&month=12")
    slots("GetHospitalSlotByMonth", "hospital_code=00000&year=2569&month=13")
    day = slots("GetHospitalSlotByDate", "hospital_code=00000&date=2026-12-02&room_id=1")
    first, second = day[0]["schedule_id"], day[1]["schedule_id"]
    body = booking(first)
    booked = slots("ConfirmAppointmentSlot", "", "POST", body)["hospital_appointment_slot_id"]
    slots("ConfirmAppointmentSlot", "", "POST", booking(first, cid="1234567890123"))
    slots("ConfirmAppointmentSlot", "", "POST", booking(999))
    play.play("GET /api/appointment/Appointment", "GET", f"/api/appointment/Appointment?cid={CID}")
    play.play("GET /api/ImmunizationTarget", "GET", f"/api/ImmunizationTarget?cid={CID}")
    slots("GetHospitalSlotConfirmByDate", "hospital_code=00000&date=2026-12-02")
    held = f"hospital_code=00000&cid={CID}&hospital_appointment_slot_id"
    moved = slots("PostponeAppointmentSlot", f"{held}={booked}&schedule_id={second}")["hospital_appointment_slot_id"]
    play.sign_in("mohprompt.demo", "00000", "Mohprompt-demo-1")
    slots("AcknowledgeAppointmentSlot", f"{held}={moved}", "POST")
    play.sign_in("his.demo", "00000", "His-demo-1")
    slots("CancelAppointmentSlot", f"{held}={moved}")
    slots("CancelAppointmentSlot", f"{held}=999")
    play.play(
        "POST /api/SendImmunizationTarget",
        "POST",
        "/api/SendImmunizationTarget",
        {"hospital": body["hospital"], "target": [body["person"]]},
    )
    message = {
        "hospital": body["hospital"],
        "message_ref_code": "CLINIC-2026-12",
        "message_title": "คลินิกย้ายอาคาร",
        "message_content_html": "<p>ตั้งแต่ 1 ธ.ค. เชิญที่อาคาร 2 ชั้น 3</p>",
        "target": [CID, "8000000000031"],
    }
    play.play("POST /api/SendMessageTarget", "POST", "/api/SendMessageTarget", message)


def booking(schedule_id: int, cid: str = CID) -> dict[str, Any]:
    """The manual's body of 4.3.3."""
    return {
        "hospital": {
            "hospital_code": "00000",
            "hospital_name": "รพ. ทดสอบระบบ",
            "system_identifier": "HIS ABC v1.0",
        },
        "person": {
            "cid": cid,
            "prefix": "นาย",
            "first_name": "ทดสอบ",
            "last_name": "ระบบ",
            "gender": 1,
            "birth_date": "2000-01-01",
            "mobile_phone": "000-0000000",
        },
        "appointment": {"hospital_code": "00000", "schedule_id": schedule_id, "comment": "ทดสอบ"},
    }


def main() -> int:
    logging.getLogger("moph").disabled = True
    made = json.dumps(record(), ensure_ascii=False, indent=1) + "\n"
    if "--check" in sys.argv:
        if FILE.read_text(encoding="utf-8") != made:
            print("docs/examples.json is not what the API answers: run `make openapi` and look at the difference")
            return 1
        return 0
    FILE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

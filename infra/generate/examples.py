"""Generate docs/examples.json: examples of the API document.

    python -m infra.generate.examples            writes the file
    python -m infra.generate.examples --check    exits with 1 if the file differs

The examples are recorded from the running app, on a temporary engine with the demo data and a fixed clock. Values that
differ in each recording (request ids, milliseconds, slip codes) are replaced by constants.
"""

import json
import logging
import re
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from infra.generate.generated_file import write_or_check
from infra.local import engine

FILE = Path(__file__).resolve().parents[2] / "docs" / "examples.json"
NOW = datetime.fromisoformat("2026-12-01T09:30:00+07:00")
CID = "1111111111119"
SLOTS = "/api/appointment/AppointmentSlot"


def load() -> dict[str, dict[str, Any]]:
    """The recorded examples, by the name of the action.

    Name -> {"200": response, "409 SlotsFull": response, "body": request body}.
    """
    examples: dict[str, dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))
    return examples


class Recorder:
    """Recorder of the app's responses: the first of each kind, by action.

    It calls the app through Chalice's local gateway.
    """

    def __init__(self) -> None:
        from chalice.config import Config
        from chalice.local import LocalGateway

        from app import app

        self.examples: dict[str, dict[str, Any]] = {}
        self._gateway = LocalGateway(app, Config.create(lambda_timeout=29))
        self._token = ""

    def sign_in(self, login: str, hospital_code: str, password: str) -> None:
        from chalicelib.auth.passwords import password_hash

        body = {"user": login, "hospital_code": hospital_code, "password_hash": password_hash(password)}
        self._token = self._send("POST", "/token?Action=get_moph_access_token", body)[1]

    def call(self, name: str, method: str, path: str, body: Any = None) -> Any:
        """Make one call, keep its response, and return its result; None after an error.

        name: the action under which the response is kept.
        """
        status, text = self._send(method, path, body)
        response = json.loads(re.sub(r'"slip_code":"[^"]*"', '"slip_code":"00000-0ABCD-EFGHJ-KMNPQ"', text))
        response["processing_ms"] = 7
        if "Error" in response:
            response["Error"]["request_id"] = "2f1c3d5e-0000-4000-8000-000000000000"
        label = "200" if status == 200 else f"{status} {response['Error']['code']}"
        examples = self.examples.setdefault(name, {})
        examples.setdefault(label, response)
        if body is not None:
            examples.setdefault("body", body)
        return response.get("result")

    def _send(self, method: str, path: str, body: Any) -> tuple[int, str]:
        headers = {"authorization": f"Bearer {self._token}", "content-type": "application/json"}
        content = None if body is None else json.dumps(body).encode()
        response = self._gateway.handle_request(method, path, headers, content)
        return response["statusCode"], response["body"]


def record() -> dict[str, dict[str, Any]]:
    """Make the calls on a temporary engine; return the examples.

    Changes this process's environment and clock.
    """
    with engine.temporary():
        from chalicelib import clock
        from infra.aws import resources_stack
        from infra.local import seed

        clock.run_on(lambda: NOW)
        resources_stack.apply("local")
        seed.load()
        recorder = Recorder()
        _record_his_calls(recorder)
        return recorder.examples


def _record_his_calls(recorder: Recorder) -> None:
    recorder.sign_in("his.demo", "00000", "His-demo-1")

    def slots(action: str, query: str, method: str = "GET", body: Any = None) -> Any:
        return recorder.call(action, method, f"{SLOTS}?Action={action}&{query}", body)

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
    recorder.call("GET /api/appointment/Appointment", "GET", f"/api/appointment/Appointment?cid={CID}")
    recorder.call("GET /api/ImmunizationTarget", "GET", f"/api/ImmunizationTarget?cid={CID}")
    slots("GetHospitalSlotConfirmByDate", "hospital_code=00000&date=2026-12-02")
    appointment = f"hospital_code=00000&cid={CID}&hospital_appointment_slot_id"
    moved = slots("PostponeAppointmentSlot", f"{appointment}={booked}&schedule_id={second}")[
        "hospital_appointment_slot_id"
    ]
    recorder.sign_in("mohprompt.demo", "00000", "Mohprompt-demo-1")
    slots("AcknowledgeAppointmentSlot", f"{appointment}={moved}", "POST")
    recorder.sign_in("his.demo", "00000", "His-demo-1")
    slots("CancelAppointmentSlot", f"{appointment}={moved}")
    slots("CancelAppointmentSlot", f"{appointment}=999")
    recorder.call(
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
    recorder.call("POST /api/SendMessageTarget", "POST", "/api/SendMessageTarget", message)


def booking(schedule_id: int, cid: str = CID) -> dict[str, Any]:
    """The body of a booking, from the manual's section 4.3.3."""
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
    content = json.dumps(record(), ensure_ascii=False, indent=1) + "\n"
    return write_or_check(FILE, content, "run `make openapi` and review the difference")


if __name__ == "__main__":
    sys.exit(main())

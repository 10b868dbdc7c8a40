"""The functions behind the audit's streams.

A repeated record is stored once, and every entry reaches the archive.
"""

import json
import subprocess
import sys
from typing import Any

from chalicelib.audit.rules import account_subject
from infra.local.local_stack import LocalStack
from infra.ops import audit_verify
from tests.client import TODAY, Client
from tests.hospitals import Hospital, Hospitals
from tests.waiting import eventually

_TEXTS = {
    "cid": "1111111111119",
    "appointment": "2026-12-01#00000#252600001",
    "hospital_day": "00000#2026-12-01",
    "schedule_place": "252600001#007",
    "hospital_code": "00000",
    "hospital_name": "โรงพยาบาล",
    "queue_no": "A007",
    "day": "2026-12-01",
    "time_start": "08:00:00",
    "time_finish": "12:00:00",
    "department_name": "แผนก",
    "room_name": "ห้อง",
    "room_phone_number": "",
    "person_name": "นายทดสอบ ระบบ",
    "state": "booked",
    "check_code": "0a1b2c3d",
    "comment": "",
    "booked_by": "00002",
    "booked_system": "HIS ABC",
    "booked_login": "his2.demo",
    "booked_at": "2026-11-23T12:00:00+07:00",
    "changed_login": "his2.demo",
    "changed_at": "2026-11-23T12:00:00.000+07:00",
}
_NUMBERS = {"schedule_id": 252600001, "place": 7, "appointment_id": 7, "department_id": 1, "room_id": 1}
SUBJECT = "appointment#00000#252600001#7"
_FEED = f"""
import json, sys
from chalice.local import LambdaContext
import app
from chalicelib.audit import actions
event = json.load(sys.stdin)
for _ in range(2):
    app.appointments_stream(event, LambdaContext("appointments_stream", 512, max_runtime_ms=60_000))
print(json.dumps([entry.action for entry in actions.newest("{SUBJECT}")]))
"""


def image(version: int, **more: str) -> dict[str, Any]:
    """An appointment's row as a stream has it."""
    numbers = {name: {"N": str(value)} for name, value in {**_NUMBERS, "version": version}.items()}
    return numbers | {name: {"S": value} for name, value in {**_TEXTS, **more}.items()}


def test_records_that_come_twice_in_one_batch_or_in_two_are_written_once(local_stack: LocalStack) -> None:
    booked = {"NewImage": image(1)}
    accepted = {"OldImage": image(1), "NewImage": image(2, accepted_at="2026-11-23T13:00:00+07:00")}
    common = {"ApproximateCreationDateTime": 1795500000, "Keys": {}, "SequenceNumber": "1", "SizeBytes": 1}
    source = {"awsRegion": "ap-southeast-1", "eventID": "1", "eventName": "MODIFY", "eventSource": "aws:dynamodb"}
    records = [
        {
            **source,
            "eventVersion": "1.1",
            "eventSourceARN": "arn",
            "dynamodb": {**common, "StreamViewType": "NEW_AND_OLD_IMAGES", **change},
        }
        for change in (booked, accepted, booked)
    ]
    event = json.dumps({"Records": records})

    done = subprocess.run(
        [sys.executable, "-c", _FEED], input=event, env=local_stack.env, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ["accept", "book"]


def test_an_entry_reaches_the_archive_and_agrees_with_it(
    hospitals: Hospitals, hospital: Hospital, admin: Client
) -> None:
    subject = account_subject(hospital.code, "admin.demo")  # the account was added

    def archived() -> audit_verify.Result | None:
        result: audit_verify.Result = hospitals.run(audit_verify.verify, TODAY, TODAY)
        return result if subject in {entry[0] for entry in result.archive.digests} else None

    differences = eventually(archived, "the entry in the archive").differences
    assert [each for each in differences if hospital.code in each] == []

"""The audit's stream function on a running centre: the same records again change nothing."""

import json
import subprocess
import sys

from infra.local.local_stack import LocalStack
from tests.audit.test_rules import row

_FEED = """
import json, sys
from chalice.local import LambdaContext
import app
from chalicelib.audit import actions
event = json.load(sys.stdin)
for _ in range(2):
    app.record_appointments(event, LambdaContext("record_appointments", 512, max_runtime_ms=60_000))
print(json.dumps([entry.action for entry in actions.entries_of("appointment#00000#252600001#7")]))
"""


def test_records_that_come_twice_in_one_batch_or_in_two_are_written_once(centre: LocalStack) -> None:
    booked = {"NewImage": row()}
    accepted = {"OldImage": row(), "NewImage": row(accepted_at="x", version="2")}
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
        [sys.executable, "-c", _FEED], input=event, env=centre.env, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == ["book", "accept"]

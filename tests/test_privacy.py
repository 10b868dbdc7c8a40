"""No national id, name, telephone number or token in any log line of the whole run.

Runs last (tests/conftest.py orders it), so the logs hold what every other test made the centre say.
"""

import re

from chalicelib.fields import check_digit
from infra.local import demo
from infra.local.local_stack import LocalStack
from tests.client import Client, in_days, new_cid

LOGS = ("api", "feed", "counts", "prepare", "mor_prom")
THIRTEEN_DIGITS = re.compile(r"(?<![0-9a-f-])\d{13}(?![0-9a-f-])")
TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{10,}")


def logs(centre: LocalStack) -> str:
    return "\n".join(centre.log_of(name).read_text(encoding="utf-8") for name in LOGS if centre.log_of(name).exists())


def people_in(text: str) -> list[str]:
    """Whatever in the text may be a person or a token."""
    ids = [one for one in THIRTEEN_DIGITS.findall(text) if one[0] in "09" or int(one[12]) == check_digit(one)]
    names = [p.first_name for p in demo.PEOPLE if p.first_name in text] + [n for n in ("ทดสอบ ระบบ",) if n in text]
    phones = re.findall(r"(?<![0-9a-f-])0\d\d-\d{7}(?![0-9a-f-])", text)
    return ids + names + phones + TOKEN.findall(text)


def test_the_search_finds_what_it_looks_for() -> None:
    found = people_in(f'cid=1111111111119 {demo.PEOPLE[0].name} 000-0000001 "eyJhbGciOiJSUzUxMiJ9.x"')
    assert len(found) == 4


def test_no_log_line_of_the_run_names_a_person_or_holds_a_token(centre: LocalStack, his: Client) -> None:
    cid = new_cid()
    booked = his.book(his.schedules(in_days(23))[0]["schedule_id"], cid).result["hospital_appointment_slot_id"]
    his.cancel(cid, booked)
    his.call("GET", f"/api/nowhere/{cid}?cid={cid}")
    text = logs(centre)
    assert text.count("ConfirmAppointmentSlot") > 0, "the run logged nothing to look at"
    assert people_in(text) == []

"""Record who was shown whom, show the records, and enforce the quota.

The quota limits how many people an account may look up (docs/adr/0021).
"""

import logging
from typing import Any

from chalicelib import clock, metrics
from chalicelib.access_log import log_lines, rules, store
from chalicelib.access_log.model import Access
from chalicelib.accounts import actions as accounts
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import account_subject
from chalicelib.auth import actions as auth
from chalicelib.caller import Caller
from chalicelib.hospitals import actions as hospitals
from chalicelib.secret_parameters import secret
from chalicelib.settings import settings

COMMAND = "record_accesses"
log = logging.getLogger("moph")


def record(event: dict[str, Any]) -> None:
    """Store the access lines of an event, and enforce the quota of people.

    An account that is over the quota may look up nobody until the hour ends. Safe to repeat: a record that exists stays
    as it is.
    """
    counted: dict[tuple[str, str, str], Access] = {}
    for line in log_lines.read(event):
        accesses = list(log_lines.accesses(line))
        store.add_all(accesses)
        if line.by_id and not line.by_app:
            counted |= {(access.hospital_code, access.login, access.hour): access for access in accesses[:1]}
        # One log line for each: the metric has the time of the access, as it had when the line was written.
        metrics.count(log_lines.UNRECORDED, -1)
        log.info(metrics.line({"function": COMMAND, "line": line.access_record, "outcome": "done"}, line.at))
    for access in counted.values():
        _check_quota(access)


def _check_quota(access: Access) -> None:
    quota, until = settings().people_per_hour, rules.end_of_hour(access.at)
    if not quota or until <= clock.now():
        return
    if store.count_people(access.hospital_code, access.login, access.hour) <= quota:
        return
    if auth.block_look_ups(access.hospital_code, access.login, until):
        metrics.count("look_ups_blocked")
        subject = account_subject(access.hospital_code, access.login)
        audit.append(audit.new_entry(subject, COMMAND, "block_look_ups", {"until": ["", until.isoformat()]}))


def of_person(cid: str, before: str, limit: int) -> list[tuple[str, str, Access]]:
    """The accounts that were shown a person, newest hour first.

    Returns (page mark, hospital's name, record). before: only records older than this mark; "" for the first page.
    """
    records = store.of_person(rules.person_hash(cid, secret("access_key")), before, limit)
    names = hospitals.names_of({access.hospital_code for _, access in records})
    return [(mark, names.get(access.hospital_code, ""), access) for mark, access in records]


def of_account(caller: Caller, hospital_code: str, login: str, before: str, limit: int) -> list[tuple[str, Access]]:
    """The people whom an account was shown, newest hour first.

    Returns (page mark, record). before: only records older than this mark; "" for the first page. Raises
    HospitalNotFound, AccountNotFound.
    """
    accounts.check_account(caller, hospital_code, login, "see_look_ups")
    return store.of_account(hospital_code, login, before, limit)

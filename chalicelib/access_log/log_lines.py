"""Access lines: log lines that record who was shown whom.

They are written before an answer goes out, and `record_accesses` reads them from the log. A log line costs the request
no call, and is safe once it is written, even if the process is killed then. A process writes a person, account and
action once in a clock hour, because a desk reloads its list of the day every few seconds.
"""

import base64
import gzip
import json
import logging
import secrets
import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from chalicelib import clock, metrics
from chalicelib.access_log.model import Access, hour_of
from chalicelib.access_log.rules import end_of_hour, person_hash, shown_digits
from chalicelib.caller import Caller
from chalicelib.secret_parameters import secret
from chalicelib.settings import settings

# The metric that goes up when a line is written and down when it is recorded, both with the time of the line.
UNRECORDED = "unrecorded_accesses"
_PEOPLE_A_LINE = 1_000  # about 40 kB; CloudWatch takes 256
_MOST_REMEMBERED = 50_000  # about 10 MB
log = logging.getLogger("moph")


class AccessLine(msgspec.Struct):
    """One access line.

    access_record: the process and its running number, which shows a gap. people: (hash, shown digits) of each person.
    """

    access_record: str
    at: datetime
    hospital: str
    login: str
    action: str
    by_id: bool
    by_app: bool
    people: list[tuple[str, str]]


class _WrittenAccesses:
    """The people whom this process has logged in the present hour."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hour = ""
        self._written: set[tuple[str, str, str]] = set()
        self._by_id: dict[str, set[str]] = defaultdict(set)  # account -> the people it asked for by national id
        self._lines = 0
        self.process = secrets.token_hex(4)

    def unwritten(self, hour: str, account: str, action: str, cids: list[str]) -> list[str]:
        with self._lock:
            if hour != self._hour or len(self._written) > _MOST_REMEMBERED:
                self._hour, self._written, self._by_id = hour, set(), defaultdict(set)
            return [cid for cid in cids if (account, action, cid) not in self._written]

    def add(self, account: str, action: str, by_id: bool, cids: list[str]) -> None:
        """Remember people whose line has been written."""
        with self._lock:
            self._written.update((account, action, cid) for cid in cids)
            if by_id:
                self._by_id[account].update(cids)

    def count_by_id(self, hour: str, account: str) -> int:
        """Number of different people that an account asked for by national id.

        Only those that this process has shown in this hour.
        """
        with self._lock:
            return len(self._by_id.get(account, ())) if hour == self._hour else 0

    def next_number(self) -> int:
        with self._lock:
            self._lines += 1
            return self._lines


_memory = _WrittenAccesses()


def write(caller: Caller, action: str, by_id: bool, cids: list[str]) -> None:
    """Log that the caller is shown these people.

    by_id: the request named the person by national id.
    """
    at = clock.now().replace(microsecond=0)
    new = iter(_memory.unwritten(hour_of(at), caller.actor, action, cids))
    while chunk := list(islice(new, _PEOPLE_A_LINE)):
        written = msgspec.to_builtins(line(caller, action, by_id, chunk, at))
        log.info(json.dumps(written | metrics.number(UNRECORDED, 1, at)))
        _memory.add(caller.actor, action, by_id, chunk)


def with_quota(caller: Caller) -> Caller:
    """The caller, without look-ups until the hour ends if it is over the quota.

    This counts only the people that this process has shown. `record_accesses` counts what all processes have shown, but
    some time later.
    """
    quota, now = settings().people_per_hour, clock.now()
    if not quota or caller.is_country or _memory.count_by_id(hour_of(now), caller.actor) <= quota:
        return caller
    return replace(caller, look_ups_blocked_until=end_of_hour(now))


def line(caller: Caller, action: str, by_id: bool, cids: list[str], at: datetime) -> AccessLine:
    """The access line of a caller who is shown these people. at: whole seconds."""
    key, number = secret("access_key"), f"{_memory.process}-{_memory.next_number()}"
    people = [(person_hash(cid, key), shown_digits(cid)) for cid in cids]
    return AccessLine(number, at, caller.hospital_code, caller.login, action, by_id, caller.is_country, people)


def read(event: dict[str, Any]) -> list[AccessLine]:
    """The access lines of an event of a CloudWatch Logs subscription.

    The event's data is base64 of gzip of JSON.
    """
    content = msgspec.json.decode(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
    if content["messageType"] != "DATA_MESSAGE":
        return []  # CloudWatch checks whether the function can be reached
    return [msgspec.json.decode(each["message"], type=AccessLine) for each in content["logEvents"]]


def accesses(line: AccessLine) -> Iterator[Access]:
    """A record for each person of a line."""
    for person, digits in line.people:
        yield Access(person, digits, line.at, line.hospital, line.login, line.action, line.by_id, line.by_app)

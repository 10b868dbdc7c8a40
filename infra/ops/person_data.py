"""Export, erase or hold everything that is kept about one person.

    make person-export FILE=person.json   write everything to a file that only its owner can read
    make person-erase                     say what would be deleted, and what must be kept and why; YES=1 deletes it
    make person-hold REASON="case 12/69"  what has the person's id as its key is not deleted and does not expire
    make person-release                   end the hold; everything expires again in its time

docs/privacy.md. The national id is typed or piped in, never an argument: arguments stay in the shell's history and in
the list of processes. Each run, except one that only says what would be deleted, writes an audit entry before it
begins. The entry has no id, but a slow salted hash, with which a given id can be compared.

Every command can be repeated. What is written about the person after a hold expires again: repeat the hold once a year.

Exit code 0; 1 if it is refused, with the reason on stderr; 2 for wrong arguments.
"""

import argparse
import getpass
import hashlib
import json
import os
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TextIO

import boto3
from boto3.dynamodb.types import TypeDeserializer

from chalicelib import clock
from chalicelib.access_log.rules import person_hash
from chalicelib.audit import actions as audit
from chalicelib.audit.rules import PERSON_DATA, person_subject, place_subject
from chalicelib.booking import rows as booking_rows
from chalicelib.fields import read_cid
from chalicelib.messages.model import CID_LENGTH, NO_BATCH, STOPPED
from chalicelib.secret_parameters import secret
from chalicelib.settings import settings
from infra.ops import audited_operator

COMMAND = "person-data"
HOLD = "hold"
# Table -> its range key, of the tables whose hash key is the national id.
BY_CID = {"people": "record", "appointments": "appointment", "recipients": "message"}
# Other tables with something about a person, and what happens to it.
ELSEWHERE = {
    "line-links": "the person's link to LINE is exported and erased",
    "messages": "the text of each message is exported; an erasure replaces the id in notices; they expire",
    "batches": "an erasure replaces the id in the lists of recipients",
    "audit": "entries on the person's appointments and corrections are exported; they hold no id, and are evidence",
    "accesses": "the records of who was shown the person are exported; they are under a keyed hash, and expire",
}
WITHOUT_PEOPLE = {"hospitals", "schedules", "days", "queues", "accounts", "keys"}
KEPT = (
    "audit entries: evidence of who did what; they hold no national id, and a name only if the registry was corrected",
    "records of who was shown the person: evidence, until they expire",
    "uploaded target files and their reports: deleted 30 days after the upload",
    "backups of the tables: they end after 35 days",
    "messages in the Mor Prom app and in LINE: ask the providers",
)

Item = dict[str, Any]


class CommandRefused(Exception):
    """The command is not carried out.

    The text is one line that says why and what to do.
    """


@dataclass
class PersonData:
    """The items about a person, by table, as DynamoDB stores them.

    messages: those of which the person is a recipient.
    """

    tables: dict[str, list[Item]]
    messages: list[Item]
    audit: list[Item]

    @property
    def hold(self) -> Item | None:
        return next((item for item in self.tables["people"] if item["record"]["S"] == HOLD), None)


def read(cid: str) -> PersonData:
    """Read everything that is kept about a person."""
    tables = {table: list(_query(table, "cid", cid)) for table in BY_CID}
    link = _get("line-links", {"key": {"S": f"cid#{cid}"}})
    user = _get("line-links", {"key": {"S": f"user#{link['user_id']['S']}"}}) if link else None
    tables["line-links"] = [item for item in (link, user) if item]
    messages = [
        _get(
            "messages", {"hospital_code": each["hospital_code"], "item": {"S": f"{int(each['message_id']['N']):010d}"}}
        )
        for each in tables["recipients"]
        if "message_id" in each  # else it counts the announcements of a day
    ]
    entries = [*_audit_of(tables["appointments"]), *_query("audit", "subject", person_subject(cid))]
    return PersonData(tables, [item for item in messages if item], entries)


def _audit_of(appointments: list[Item]) -> Iterator[Item]:
    """The audit entries of these appointments.

    Other entries of the same places are about other people.
    """
    for item in appointments:
        subject = place_subject(item["hospital_code"]["S"], int(item["schedule_id"]["N"]), int(item["place"]["N"]))
        for entry in _query("audit", "subject", subject):
            if entry["at"]["S"].endswith(f"-{item['check_code']['S']}"):
                yield entry


def export(cid: str) -> dict[str, Any]:
    """Everything that is kept about a person, as plain JSON values."""
    data = read(cid)
    return {
        "cid": cid,
        "made_at": clock.now().isoformat(timespec="seconds"),
        **{table.replace("-", "_"): [_plain(item) for item in items] for table, items in data.tables.items()},
        "messages": [_plain(item) for item in data.messages],
        "audit": [_plain(item) for item in data.audit],
        "accesses": [_plain(item) for item in _query("accesses", "person", person_hash(cid, secret("access_key")))],
        "elsewhere": [f"{table}: {what}" for table, what in ELSEWHERE.items()] + list(KEPT),
    }


@dataclass
class Erasure:
    """What an erasure deletes, and what it keeps.

    deleted: (table, item). kept: sentences.
    """

    deleted: list[tuple[str, Item]]
    kept: list[str]


def plan_erasure(cid: str) -> Erasure:
    """What an erasure of the person would do. Raises CommandRefused."""
    data, today = read(cid), clock.today()
    if data.hold:
        raise CommandRefused(f"the person is held: {data.hold['hold_reason']['S']}. End it first: make person-release")
    coming = [i for i in data.tables["appointments"] if i["state"]["S"] == "booked" and i["day"]["S"] >= str(today)]
    if coming:
        raise CommandRefused(
            f"the person has {len(coming)} appointments to come. Cancel them first, or wait until they are over"
        )
    deleted = [(table, item) for table in ("people", "recipients", "line-links") for item in data.tables[table]]
    kept, now = [], clock.now()
    for item in data.tables["appointments"]:
        until = _expiry(item)
        if until <= now:
            deleted.append(("appointments", item))
        else:
            place = f"{item['day']['S']} at hospital {item['hospital_code']['S']}"
            kept.append(f"an appointment on {place}: a medical record, kept until {until.date()}")
    return Erasure(deleted, [*kept, *KEPT])


def _expiry(appointment: Item) -> datetime:
    """When an appointment expires, Bangkok time.

    By the setting of the time when it was booked; by the present setting if the appointment has no expiry.
    """
    if "expires_at" in appointment:
        return datetime.fromtimestamp(int(appointment["expires_at"]["N"]), clock.BANGKOK)
    return booking_rows.expires_at(date.fromisoformat(appointment["day"]["S"]))


def erase(cid: str) -> Erasure:
    """Erase what may be erased about the person; a repeat deletes what is left.

    Raises CommandRefused.
    """
    erasure = plan_erasure(cid)
    _note(cid, "erase", {"deleted": len(erasure.deleted), "kept": len(erasure.kept) - len(KEPT)})
    for table, item in erasure.deleted:
        if table == "recipients" and "batch" in item:
            is_notice = int(item["batch"]["N"]) == NO_BATCH
            (_take_out_of_notice if is_notice else _replace_in_batch)(cid, item)
        names = [BY_CID[table], "cid"] if table in BY_CID else ["key"]
        _dynamodb().delete_item(TableName=settings().table(table), Key={name: item[name] for name in names})
    return erasure


def _take_out_of_notice(cid: str, recipient: Item) -> None:
    """Replace the id in a notice's row by zeros, and stop what is not delivered."""
    key = {"hospital_code": recipient["hospital_code"], "item": {"S": f"{int(recipient['message_id']['N']):010d}"}}
    row = _get("messages", key)
    if row is None or row.get("cid") != {"S": cid}:
        return
    _dynamodb().update_item(
        TableName=settings().table("messages"),
        Key=key,
        UpdateExpression="SET cid = :nobody, #state = :stopped",
        ConditionExpression="cid = :old",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues={
            ":old": {"S": cid},
            ":nobody": {"S": "0" * CID_LENGTH},
            ":stopped": {"S": STOPPED},
        },
    )


def _replace_in_batch(cid: str, recipient: Item) -> None:
    """Replace the person's id in the list of a batch by the number of their place.

    The places of the list stay as they are.
    """
    key = {
        "message": {"S": recipient["message"]["S"].split("#", 1)[1]},
        "item": {"S": f"people#{int(recipient['batch']['N']):05d}"},
    }
    place = int(recipient["place"]["N"])
    start = place * CID_LENGTH
    row = _get("batches", key)
    if row is None or row["cids"]["S"][start : start + CID_LENGTH] != cid:
        return
    cids = row["cids"]["S"]
    _dynamodb().update_item(
        TableName=settings().table("batches"),
        Key=key,
        UpdateExpression="SET cids = :new",
        ConditionExpression="cids = :old",
        ExpressionAttributeValues={
            ":old": {"S": cids},
            ":new": {"S": f"{cids[:start]}{place:0{CID_LENGTH}d}{cids[start + CID_LENGTH :]}"},
        },
    )


def hold(cid: str, reason: str) -> int:
    """Keep everything about the person until `release`.

    Returns how many items no longer expire.
    """
    data = read(cid)
    _note(cid, "hold", {"reason": reason})
    note = {"cid": {"S": cid}, "record": {"S": HOLD}, "hold_reason": {"S": reason}, "added_at": {"S": _now()}}
    _dynamodb().put_item(TableName=settings().table("people"), Item=note)
    return _change_all(data, "expires_at", "SET held_expires_at = expires_at REMOVE expires_at")


def release(cid: str) -> int:
    """End the hold; the items expire again, at the time they had.

    Returns how many. Raises CommandRefused if there is no hold.
    """
    data = read(cid)
    if data.hold is None:
        raise CommandRefused("the person is not held")
    _note(cid, "release", {})
    released = _change_all(data, "held_expires_at", "SET expires_at = held_expires_at REMOVE held_expires_at")
    key = {"cid": {"S": cid}, "record": {"S": HOLD}}
    _dynamodb().delete_item(TableName=settings().table("people"), Key=key)
    return released


def _change_all(data: PersonData, attribute: str, expression: str) -> int:
    """Change the items under the id that have this attribute; return how many."""
    changed = [(table, item) for table in BY_CID for item in data.tables[table] if attribute in item]
    for table, item in changed:
        _dynamodb().update_item(
            TableName=settings().table(table),
            Key={name: item[name] for name in ("cid", BY_CID[table])},
            UpdateExpression=expression,
            ConditionExpression=f"attribute_exists({attribute})",
        )
    return len(changed)


def _note(cid: str, action: str, changes: dict[str, Any]) -> None:
    """Write the audit entry of a command, before it begins."""
    salt = secrets.token_bytes(16)
    person = f"{salt.hex()}${person_digest(cid, salt)}"
    audit.append(audit.new_entry(PERSON_DATA, audited_operator.actor(COMMAND), action, {"person": person, **changes}))


def person_digest(cid: str, salt: bytes) -> str:
    """The hash of an id in the audit.

    It is slow, because there are few enough ids to try them all.
    """
    return hashlib.scrypt(cid.encode(), salt=salt, n=2**14, r=8, p=1, dklen=16).hex()


def _query(table: str, name: str, value: str) -> Iterator[Item]:
    pages = (
        _dynamodb()
        .get_paginator("query")
        .paginate(
            TableName=settings().table(table),
            ConsistentRead=True,
            KeyConditionExpression="#k = :v",
            ExpressionAttributeNames={"#k": name},
            ExpressionAttributeValues={":v": {"S": value}},
        )
    )
    for page in pages:
        yield from page["Items"]


def _get(table: str, key: Item) -> Item | None:
    item: Item | None = (
        _dynamodb().get_item(TableName=settings().table(table), Key=key, ConsistentRead=True).get("Item")
    )
    return item


def _dynamodb() -> Any:
    return _client(settings().region, os.environ.get("AWS_ENDPOINT_URL"))


@cache
def _client(region: str, endpoint: str | None) -> Any:
    """Made once: it takes longer than a request, and each row is one request."""
    return boto3.client("dynamodb", region_name=region, endpoint_url=endpoint)


def _now() -> str:
    return clock.now().isoformat(timespec="seconds")


def _plain(item: Item) -> dict[str, Any]:
    deserialize = TypeDeserializer().deserialize
    return {name: _json(deserialize(value)) for name, value in sorted(item.items())}


def _json(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, set | frozenset):
        return sorted(map(_json, value))
    if isinstance(value, list):
        return list(map(_json, value))
    return {name: _json(inner) for name, inner in value.items()} if isinstance(value, dict) else value


def main(arguments: list[str] | None = None, stdin: TextIO | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.ops.person_data", description=(__doc__ or "").split("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("export").add_argument("file", type=Path)
    commands.add_parser("erase").add_argument("--yes", action="store_true", help="delete, do not only say what")
    commands.add_parser("hold").add_argument("reason")
    commands.add_parser("release")
    options = parser.parse_args(arguments)
    if settings().stage != "local":
        os.environ["SECRETS"] = "access_key"
    try:
        _run(options, _typed_cid(stdin or sys.stdin))
    except CommandRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def _typed_cid(stdin: TextIO) -> str:
    cid = getpass.getpass("National id: ") if stdin.isatty() else stdin.readline()
    try:
        return read_cid(cid.strip().replace("-", "").replace(" ", ""))
    except ValueError as problem:
        raise CommandRefused(str(problem)) from None


def _run(options: argparse.Namespace, cid: str) -> None:
    if options.command == "export":
        _note(cid, "export", {})
        content = json.dumps(export(cid), ensure_ascii=False, indent=1)
        with os.fdopen(
            os.open(options.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(content + "\n")
        print(f"{options.file} is written. Hand it over and delete it")
    elif options.command == "erase":
        erasure = erase(cid) if options.yes else plan_erasure(cid)
        for table in sorted({table for table, _ in erasure.deleted}):
            count = sum(each == table for each, _ in erasure.deleted)
            print(f"{'deleted' if options.yes else 'would be deleted'}: {table} {count}")
        for sentence in erasure.kept:
            print(f"kept: {sentence}")
    elif options.command == "hold":
        print(f"held; {hold(cid, options.reason)} items no longer expire")
    else:
        print(f"released; {release(cid)} items expire again")


if __name__ == "__main__":
    sys.exit(main())

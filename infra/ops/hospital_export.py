"""Takes one hospital out of a stage's tables, and puts it into a stage's tables (docs/operations.md, Restoring).

    STAGE=prod python -m infra.ops.hospital_export export 00000 hospital-00000.jsonl
    STAGE=prod python -m infra.ops.hospital_export import hospital-00000.jsonl

One line a row, as DynamoDB holds it. The file names people: it belongs on an encrypted disk and is deleted afterwards.
What is imported replaces rows of the same key and leaves others alone, so doing it again changes nothing. The counted
days come back by themselves, from the stream of the schedules.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from chalicelib.settings import settings

Item = dict[str, Any]
# Which rows are a hospital's: the attribute that says so, and what it begins with before a "#" or the end.
BELONGS = {
    "hospitals": "hospital_code",
    "schedules": "hospital_day",
    "appointments": "hospital_code",
    "people": "hospital_code",
    "accounts": "hospital_code",
    "messages": "hospital_code",
    "batches": "message",
    "recipients": "hospital_code",
}
_AT_ONCE = 25


def rows(hospital_code: str) -> Iterator[tuple[str, Item]]:
    """(table, row) of everything that a hospital has. Reads whole tables: for an operator, not for a request. People in
    the registry belong to no hospital and are not among them; the hospital's white list is."""
    client = boto3.client("dynamodb")
    for table, attribute in BELONGS.items():
        pages = client.get_paginator("scan").paginate(
            TableName=settings().table(table),
            ConsistentRead=True,
            FilterExpression="#a = :code OR begins_with(#a, :part)",
            ExpressionAttributeNames={"#a": attribute},
            ExpressionAttributeValues={":code": {"S": hospital_code}, ":part": {"S": f"{hospital_code}#"}},
        )
        for page in pages:
            for item in page["Items"]:
                yield table, item


def put(found: list[tuple[str, Item]]) -> None:
    """Writes rows, 25 a request, until the storage has taken all of them. Raises RuntimeError where it does not."""
    client = boto3.client("dynamodb")
    for start in range(0, len(found), _AT_ONCE):
        waiting: dict[str, list[Any]] = {}
        for table, item in found[start : start + _AT_ONCE]:
            waiting.setdefault(settings().table(table), []).append({"PutRequest": {"Item": item}})
        for _ in range(20):
            waiting = client.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}
            if not waiting:
                break
        else:
            raise RuntimeError("the storage did not take every row; import the file again")


def export_to(path: Path, hospital_code: str) -> Counter[str]:
    """Writes a hospital's rows to a file; returns how many of each table."""
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        path.chmod(0o600)
        for table, item in rows(hospital_code):
            file.write(json.dumps({"table": table, "item": item}, ensure_ascii=False, sort_keys=True) + "\n")
            counts[table] += 1
    return counts


def import_from(path: Path) -> Counter[str]:
    """Puts the rows of a file into the stage's tables; returns how many of each table."""
    with path.open(encoding="utf-8") as file:
        found = [(line["table"], line["item"]) for line in map(json.loads, file)]
    put(found)
    return Counter(table for table, _ in found)


def main() -> None:
    if sys.argv[1:2] == ["export"] and len(sys.argv) == 4:
        counts = export_to(Path(sys.argv[3]), sys.argv[2])
    elif sys.argv[1:2] == ["import"] and len(sys.argv) == 3:
        counts = import_from(Path(sys.argv[2]))
    else:
        sys.exit(str(__doc__))
    print(", ".join(f"{table} {count}" for table, count in sorted(counts.items())) or "no rows")


if __name__ == "__main__":
    main()

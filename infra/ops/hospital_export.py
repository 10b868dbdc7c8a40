"""Export one hospital's rows to a file, or import the file into a stage's tables.

    STAGE=restored python -m infra.ops.hospital_export export 00000 hospital-00000.jsonl
    STAGE=prod python -m infra.ops.hospital_export import hospital-00000.jsonl

Use it to restore one hospital from tables that were restored to a point in time (docs/operations.md, Restoring). The
file has one JSON object a line: {"table", "item"}, the item as DynamoDB stores it. It contains personal data: keep it
on an encrypted disk, and delete it afterwards. The import replaces rows with the same key and leaves other rows, so it
can be repeated. The counted days are not in the file: the stream of the schedules counts them again.

Prints how many rows of each table. Exit code 0; 1 after an error or with wrong arguments.
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
# Table -> the attribute that says whose row it is: its value is the hospital code, or starts with "<code>#".
HOSPITAL_ATTRIBUTE = {
    "hospitals": "hospital_code",
    "schedules": "hospital_day",
    "appointments": "hospital_code",
    "queues": "hospital_day",
    "people": "hospital_code",
    "accounts": "hospital_code",
    "messages": "hospital_code",
    "batches": "message",
    "recipients": "hospital_code",
}
_BATCH_SIZE = 25


def rows(hospital_code: str) -> Iterator[tuple[str, Item]]:
    """(table, item) of each row of a hospital, including its white list.

    Reads the whole tables. Not included: the people in the registry, because they belong to no hospital.
    """
    client = boto3.client("dynamodb")
    for table, attribute in HOSPITAL_ATTRIBUTE.items():
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


def put(table_rows: list[tuple[str, Item]]) -> None:
    """Write (table, item) rows, 25 a request.

    Raises RuntimeError if DynamoDB does not take a batch in 20 attempts.
    """
    client = boto3.client("dynamodb")
    for start in range(0, len(table_rows), _BATCH_SIZE):
        waiting: dict[str, list[Any]] = {}
        for table, item in table_rows[start : start + _BATCH_SIZE]:
            waiting.setdefault(settings().table(table), []).append({"PutRequest": {"Item": item}})
        for _ in range(20):
            waiting = client.batch_write_item(RequestItems=waiting).get("UnprocessedItems") or {}
            if not waiting:
                break
        else:
            raise RuntimeError("DynamoDB did not take every row; import the file again")


def export_to(path: Path, hospital_code: str) -> Counter[str]:
    """Write a hospital's rows to a file; return how many of each table.

    Only the file's owner can read it.
    """
    counts: Counter[str] = Counter()
    with path.open("w", encoding="utf-8") as file:
        path.chmod(0o600)
        for table, item in rows(hospital_code):
            file.write(json.dumps({"table": table, "item": item}, ensure_ascii=False, sort_keys=True) + "\n")
            counts[table] += 1
    return counts


def import_from(path: Path) -> Counter[str]:
    """Write the rows of a file to the stage's tables; return how many of each table."""
    with path.open(encoding="utf-8") as file:
        table_rows = [(line["table"], line["item"]) for line in map(json.loads, file)]
    put(table_rows)
    return Counter(table for table, _ in table_rows)


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

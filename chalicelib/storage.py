"""Access to DynamoDB: shared connection, reads, conditional writes, transactions.

For all tables, the connection decides which failures are temporary and how long they are tried again
(docs/concurrency.md). Stores see conditions that failed; callers see `TryAgain`. Tables are in `tables.py`; rows become
dataclasses in `row_mapper.py`.
"""

import threading
import uuid
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Self, TypeVar

from botocore.config import Config
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import HTTPClientError
from botocore.model import StructureShape
from botocore.parsers import JSONParser
from botocore.session import Session
from pynamodb.connection import Connection, TableConnection
from pynamodb.exceptions import (
    DeleteError,
    DoesNotExist,
    PutError,
    TransactWriteError,
    UpdateError,
    VerboseClientError,
)
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from chalicelib import dynamodb_sender, metrics
from chalicelib.dynamodb_sender import LeanSender
from chalicelib.errors import TryAgain
from chalicelib.retry import RetryBudget
from chalicelib.settings import settings

# A write waits for the table about as long as for the processor.
_WRITERS = 8
# DynamoDB did nothing: any request may be sent again.
_REJECTED = {
    "ProvisionedThroughputExceededException",
    "ProvisionedThroughputExceeded",
    "RequestLimitExceeded",
    "Throttling",
    "ThrottlingException",
    "ThrottlingError",
    "TransactionConflict",
    "TransactionConflictException",
    "TransactionInProgressException",
}
# The outcome is unknown: only an idempotent operation may be sent again.
_OUTCOME_UNKNOWN = {"InternalServerError", "InternalFailure", "ServiceUnavailable", "500", "502", "503", "504"}
# Reads change nothing. A transaction carries a client token, so its second copy is recognised and not applied.
IDEMPOTENT_OPERATIONS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactWriteItems"}
_CONDITION_FAILED = "ConditionalCheckFailed"


class _Parser(JSONParser):  # type: ignore[misc]
    """Parser of answers that keeps attribute values as they are in the JSON.

    PynamoDB reads them in this form. No table has binary values.
    """

    def _handle_structure(self, shape: StructureShape, value: Any) -> Any:
        return value if shape.name == "AttributeValue" else super()._handle_structure(shape, value)

    def create_parser(self, _protocol: str) -> "_Parser":
        """Return this parser: it keeps no state, so it can serve every answer."""
        return self


class _SharedConnection(Connection):
    """PynamoDB's connection with our retry budget.

    botocore's own retries outlast API Gateway's time limit. sender: sends the frequent operations; None if botocore
    sends them all.
    """

    sender: LeanSender | None = None

    @property
    def session(self) -> Session:
        session = super().session
        if session.get_default_client_config() is None:
            # A fixed name costs nothing; botocore would compose its own twice per request. The function's name is in
            # it, as in every other AWS call (infra/aws/template.py).
            function = session.get_config_variable("user_agent_appid") or "unnamed"
            session.set_default_client_config(Config(user_agent=f"moph-appointment-center app/{function}"))
            session.register_component("response_parser_factory", _Parser())
        return session

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        budget = RetryBudget()
        while True:
            try:
                if self.sender is not None and operation_name in dynamodb_sender.OPERATIONS:
                    return self.sender.call(operation_name, operation_kwargs)
                return super()._make_api_call(operation_name, operation_kwargs)
            except VerboseClientError as error:
                unknown = error.response.get("Error", {}).get("Code", "") in _OUTCOME_UNKNOWN
                if not unknown and not was_rejected(error):
                    raise
                cause: Exception = error
            except BotoConnectionError as error:  # there was no connection, so nothing was sent
                unknown, cause = False, error
            except HTTPClientError as error:
                unknown, cause = True, error
            if unknown and operation_name not in IDEMPOTENT_OPERATIONS:
                raise TryAgain() from cause
            # A time-out may use up the whole budget. One more attempt shows whether the first one succeeded.
            budget.pause(cause, once_more=unknown)
            metrics.count("Repeated")


def was_rejected(error: VerboseClientError) -> bool:
    """Whether DynamoDB did nothing for lack of capacity or because of contention."""
    code = error.response.get("Error", {}).get("Code", "")
    if code == "TransactionCanceledException":
        reasons = {reason.code for reason in error.cancellation_reasons if reason}
        # A failed condition is an answer. Try again only if there was nothing but contention.
        return bool(reasons) and reasons <= _REJECTED
    return code in _REJECTED


_connection: _SharedConnection | None = None
# The local server has threads, and making a botocore client is not thread-safe.
_lock = threading.Lock()


def connection() -> _SharedConnection:
    """The process's one DynamoDB connection.

    PynamoDB alone would make one client per table.
    """
    global _connection
    if _connection is None:
        with _lock:
            if _connection is None:
                shared = _SharedConnection(
                    region=settings().region,
                    connect_timeout_seconds=1,
                    read_timeout_seconds=3,
                    max_pool_connections=64,
                    retry_configuration={"total_max_attempts": 1},
                )
                client = shared.client
                if not settings().botocore_only:
                    shared.sender = LeanSender(client)
                _connection = shared
    return _connection


# An item as DynamoDB sends it: column -> {type: value}. Of an item whose condition failed, {} if DynamoDB sent none.
RawItem = dict[str, Any]


class Table(Model):
    """A PynamoDB model on the shared connection.

    Every subclass gives its table's name in `Meta`.
    """

    class Meta:
        table_name: ClassVar[str]

    @classmethod
    def _instantiate(cls, attribute_values: RawItem) -> Self:
        row = cls.__new__(cls)
        row._container_deserialize(attribute_values)
        return row

    def _container_deserialize(self, attribute_values: RawItem) -> None:
        """Set the row's columns from an item.

        Only the item's columns and defaults are set. PynamoDB's own method sets every column of the table. A map stays
        a dictionary.
        """
        values = self.attribute_values = dict(_defaults(type(self)))
        attributes = self.get_attributes()
        for name, value in attribute_values.items():
            attribute = attributes.get(name)
            if attribute is not None and "NULL" not in value:
                values[name] = attribute.deserialize(attribute.get_value(value))

    @classmethod
    def _get_connection(cls) -> TableConnection:
        shared = connection()
        own: TableConnection | None = cls._connection
        if own is not None and own.connection is shared:
            return own
        with _lock:
            own = cls._connection
            if own is None or own.connection is not shared:
                cls._connection = None
                own = super()._get_connection()
                if cls.Meta.table_name not in shared._tables:
                    shared.add_meta_table(own.connection.get_meta_table(cls.Meta.table_name))
                # Last, because another thread uses it from here on without the lock.
                own.connection = shared
        return own


@cache
def _defaults(table: type[Table]) -> dict[str, Any]:
    """Default values of columns that are not stored.

    No column has a function as its default.
    """
    return {
        name: attribute.default for name, attribute in table.get_attributes().items() if attribute.default is not None
    }


Row = TypeVar("Row", bound=Table)


# ---- reads ----


def get(table: type[Row], hash_key: str, range_key: str | int | None = None, *, consistent: bool = True) -> Row | None:
    """Read one item; None if there is none."""
    try:
        return table.get(hash_key, range_key, consistent_read=consistent)
    except DoesNotExist:
        return None


def batch_get(keys: Iterable[tuple[type[Table], str, str | int | None]]) -> list[Table | None]:
    """Read items of several tables in one consistent request.

    keys: at most 100 of (table, hash key, range key). The rows come in the same order, None if there is no item.
    Raises TryAgain if DynamoDB leaves some unread within the retry budget.
    """
    wanted = [(table, table._serialize_keys(first, second)) for table, first, second in keys]
    tables = {table.Meta.table_name: table for table, _ in wanted}
    pending: dict[str, Any] = {name: {"Keys": [], "ConsistentRead": True} for name in tables}
    for table, (first, second) in wanted:
        key = table._get_connection().get_operation_kwargs(first, range_key=second)["Key"]
        pending[table.Meta.table_name]["Keys"].append(key)
    rows: dict[tuple[str, Any], Table] = {}
    budget = RetryBudget()
    while pending:
        answer = connection().dispatch("BatchGetItem", {"RequestItems": pending})
        for name, items in answer.get("Responses", {}).items():
            for item in items:
                row = tables[name].from_raw_data(item)
                rows[(name, row._get_hash_range_key_serialized_values())] = row
        pending = answer.get("UnprocessedKeys") or {}
        if pending:
            budget.pause()
    return [rows.get((table.Meta.table_name, keys)) for table, keys in wanted]


def count(table: type[Table], index: str, hash_key: str, pages: int) -> tuple[int, bool]:
    """Count the items under a hash key of an index; DynamoDB sends the number alone.

    pages: the most pages of 1 MB that are read. Returns the number, and whether these are all items.
    """
    total, position = 0, None
    for _ in range(pages):
        page = table._get_connection().query(hash_key, index_name=index, select="COUNT", exclusive_start_key=position)
        total += page["Count"]
        position = page.get("LastEvaluatedKey")
        if not position:
            return total, True
    return total, False


# ---- writes ----


@dataclass(frozen=True)
class Write:
    """One conditional write.

    `put`, `update` or `delete` makes it; `write` or `transact` carries it out.
    """

    kind: str
    row: Table
    condition: Any = None
    actions: Sequence[Any] = field(default_factory=tuple)


def put(row: Table, condition: Any = None) -> Write:
    """Write the whole row."""
    return Write("put", row, condition)


def update(row: Table, actions: Sequence[Any], condition: Any = None) -> Write:
    """Change attributes of the item that has the row's keys."""
    return Write("update", row, condition, actions)


def delete(row: Table, condition: Any = None) -> Write:
    """Remove the item that has the row's keys."""
    return Write("delete", row, condition)


def write(change: Write) -> bool:
    """Carry out one write; False if its condition failed and nothing was written.

    After an update, `change.row` has the item's new values.
    """
    try:
        if change.kind == "put":
            change.row.save(condition=change.condition)
        elif change.kind == "update":
            change.row.update(list(change.actions), condition=change.condition)
        else:
            change.row.delete(condition=change.condition)
    except (PutError, UpdateError, DeleteError) as error:
        if error.cause_response_code != "ConditionalCheckFailedException":
            raise
        return False
    return True


def write_each(changes: Iterable[Write]) -> list[bool]:
    """Carry out many writes, several at a time, each by itself.

    A write whose condition fails writes nothing. Returns, in order, whether each was carried out. If one raises an
    error, it is raised after all have ended.
    """
    wanted = list(changes)
    if len(wanted) == 1:
        return [write(wanted[0])]
    with ThreadPoolExecutor(_WRITERS) as threads:
        writes = [threads.submit(metrics.shared_context().run, write, change) for change in wanted]
    return [ended.result() for ended in writes]


def transact(changes: Sequence[Write]) -> list[RawItem | None] | None:
    """Carry out all writes in one transaction, or none of them.

    changes: at most 100, each to another item. Returns None if they were carried out. If conditions failed, returns one
    entry per write, in the order given: the item that failed its condition ({} if there is no such item), or None if
    the condition held. The client token makes a repeated request harmless.
    """
    try:
        with TransactWrite(connection=connection(), client_request_token=str(uuid.uuid4())) as transaction:
            for change in changes:
                if change.kind == "put":
                    transaction.save(change.row, condition=change.condition, return_values="ALL_OLD")
                elif change.kind == "update":
                    actions = list(change.actions)
                    transaction.update(change.row, actions, condition=change.condition, return_values="ALL_OLD")
                else:
                    transaction.delete(change.row, condition=change.condition)
    except TransactWriteError as error:
        if error.cause_response_code != "TransactionCanceledException":
            raise
        # PynamoDB sends deletes first, then puts, then updates, whatever the order of the calls.
        sent = sorted(range(len(changes)), key=lambda n: ("delete", "put", "update").index(changes[n].kind))
        failed: list[RawItem | None] = [None] * len(changes)
        for position, reason in zip(sent, error.cancellation_reasons, strict=True):
            # Another item may have been in conflict at the same time. The failed condition is still the answer.
            if reason and reason.code == _CONDITION_FAILED:
                failed[position] = reason.raw_item or {}
        if all(item is None for item in failed):
            raise
        return failed
    return None


def increment(row: Table, attribute: Any, by: int = 1, condition: Any = None) -> int:
    """Add to a counter of the row's item and return its new value.

    Raises UpdateError if the condition fails.
    """
    row.update([attribute.add(by)], condition=condition)
    return int(getattr(row, attribute.attr_path[0]))

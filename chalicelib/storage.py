"""How the centre talks to DynamoDB: one connection, one retry budget, one batched read.

The connection decides, once for every store, which storage failures pass and are worth another attempt, and for how
long (docs/concurrency.md): stores see conditions that failed, callers see `TryAgain`, and nobody sees a time-out.
`tables.py` has the tables.
"""

import random
import threading
import time
from collections.abc import Iterable
from typing import Any, ClassVar

from botocore.config import Config
from botocore.exceptions import ConnectionError as BotoConnectionError
from botocore.exceptions import HTTPClientError
from botocore.model import StructureShape
from botocore.parsers import JSONParser
from botocore.session import Session
from pynamodb.attributes import Attribute
from pynamodb.attributes import NumberAttribute as JsonNumberAttribute
from pynamodb.attributes import NumberSetAttribute as JsonNumberSetAttribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.constants import LIST, MAP, NUMBER
from pynamodb.exceptions import VerboseClientError
from pynamodb.models import Model

from chalicelib import metrics
from chalicelib.errors import TryAgain
from chalicelib.settings import settings

RETRY_BUDGET_SECONDS = 2.0
_FIRST_PAUSE_SECONDS = 0.02
_LONGEST_PAUSE_SECONDS = 0.4

# The storage said no and did nothing: any request may be sent again.
_REFUSED = {
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
# The outcome is unknown: only what does no harm twice may be sent again.
_UNKNOWN = {"InternalServerError", "InternalFailure", "ServiceUnavailable", "500", "502", "503", "504"}
# Reads change nothing; a transaction carries a client token, so the second copy is recognised and not applied.
IDEMPOTENT_OPERATIONS = {"GetItem", "BatchGetItem", "Query", "Scan", "TransactWriteItems"}


class _Parser(JSONParser):  # type: ignore[misc]
    """Leaves attribute values as the JSON has them, which is what PynamoDB reads; botocore would ask each of them for
    ten types. Only binary values would have to be decoded, and no table has one."""

    def _handle_structure(self, shape: StructureShape, value: Any) -> Any:
        return value if shape.name == "AttributeValue" else super()._handle_structure(shape, value)

    def create_parser(self, _protocol: str) -> "_Parser":
        """botocore asks a factory for a parser with each answer; one that keeps nothing is its own factory."""
        return self


class _SharedConnection(Connection):
    """PynamoDB's connection with our retry budget instead of botocore's, which outlasts API Gateway."""

    @property
    def session(self) -> Session:
        made = super().session
        if made.get_default_client_config() is None:
            # A name that is given is sent as it is; botocore's own is put together anew, twice a request. The name of
            # the function is in it, as in every other AWS call (infra/aws/template.py).
            function = made.get_config_variable("user_agent_appid") or "unnamed"
            made.set_default_client_config(Config(user_agent=f"moph-appointment-center app/{function}"))
            made.register_component("response_parser_factory", _Parser())
        return made

    def _make_api_call(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        deadline = time.monotonic() + RETRY_BUDGET_SECONDS
        attempt = 0
        while True:
            try:
                return super()._make_api_call(operation_name, operation_kwargs)
            except VerboseClientError as error:
                unknown = error.response.get("Error", {}).get("Code", "") in _UNKNOWN
                if not unknown and not was_rejected(error):
                    raise
                cause: Exception = error
            except BotoConnectionError as error:  # no connection came about, so nothing was sent
                unknown, cause = False, error
            except HTTPClientError as error:
                unknown, cause = True, error
            if unknown and operation_name not in IDEMPOTENT_OPERATIONS:
                raise TryAgain() from cause
            pause = _pause(attempt)
            # A time-out may eat the whole budget; asking once more still tells what became of the first attempt.
            if time.monotonic() + pause > deadline and not (unknown and attempt == 0):
                raise TryAgain() from cause
            time.sleep(pause)
            attempt += 1
            metrics.count("Repeated")


def was_rejected(error: VerboseClientError) -> bool:
    code = error.response.get("Error", {}).get("Code", "")
    if code == "TransactionCanceledException":
        reasons = {reason.code for reason in error.cancellation_reasons if reason}
        # A failed condition is an answer; only where nothing but contention stood in the way is it worth another go.
        return bool(reasons) and reasons <= _REFUSED
    return code in _REFUSED


def _pause(attempt: int) -> float:
    """Full jitter: anything from nothing to a bound that doubles."""
    return random.uniform(0, min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2**attempt))


class NumberAttribute(JsonNumberAttribute):
    """A whole number; there are no others here. PynamoDB's own goes through a JSON parser for each."""

    def serialize(self, value: Any) -> str:
        return str(int(value))

    def deserialize(self, value: str) -> int:
        return int(value)


class NumberSetAttribute(JsonNumberSetAttribute):
    """A set of whole numbers: the free places of a schedule, up to 999 of them, in every booking."""

    def serialize(self, value: Any) -> list[str] | None:
        return [str(int(one)) for one in value] or None

    def deserialize(self, value: Any) -> Any:
        return {int(one) for one in value}


class NumberMapsAttribute(Attribute[Any]):
    """A list of maps of whole numbers, [{name: n}]. PynamoDB's own copies its description of a map for each list."""

    attr_type = LIST

    def serialize(self, value: Any) -> list[Any]:
        return [{MAP: {name: {NUMBER: str(int(n))} for name, n in one.items()}} for one in value]

    def deserialize(self, value: Any) -> list[dict[str, int]]:
        return [{name: int(n[NUMBER]) for name, n in one[MAP].items()} for one in value]


_connection: _SharedConnection | None = None
# Threads of the local server share what is made once; botocore's making of a client is not safe among them.
_making = threading.Lock()


def connection() -> _SharedConnection:
    """The process's one DynamoDB connection: ten models would otherwise make ten clients."""
    global _connection
    if _connection is None:
        with _making:
            if _connection is None:
                made = _SharedConnection(
                    region=settings().region,
                    connect_timeout_seconds=1,
                    read_timeout_seconds=3,
                    max_pool_connections=64,
                    retry_configuration={"total_max_attempts": 1},
                )
                _ = made.client
                _connection = made
    return _connection


class Table(Model):
    """A model on the shared connection. Every subclass names its table in `name`."""

    class Meta:
        table_name: ClassVar[str]

    @classmethod
    def _get_connection(cls) -> TableConnection:
        shared = connection()
        own: TableConnection | None = cls._connection
        if own is not None and own.connection is shared:
            return own
        with _making:
            own = cls._connection
            if own is None or own.connection is not shared:
                cls._connection = None
                own = super()._get_connection()
                own.connection, made = shared, own.connection
                if cls.Meta.table_name not in shared._tables:
                    shared.add_meta_table(made.get_meta_table(cls.Meta.table_name))
        return own


def batch_get(keys: Iterable[tuple[type[Table], str, str | int | None]]) -> list[Table | None]:
    """Reads items of several tables in one consistent request; the answers come in the order asked, None where there is
    no such item. At most 100 keys. Raises TryAgain where the storage leaves some unread within the budget."""
    asked = [(table, table._serialize_keys(first, second)) for table, first, second in keys]
    tables = {table.Meta.table_name: table for table, _ in asked}
    pending: dict[str, Any] = {name: {"Keys": [], "ConsistentRead": True} for name in tables}
    for table, (first, second) in asked:
        key = table._get_connection().get_operation_kwargs(first, range_key=second)["Key"]
        pending[table.Meta.table_name]["Keys"].append(key)
    rows: dict[tuple[str, Any], Table] = {}
    deadline = time.monotonic() + RETRY_BUDGET_SECONDS
    attempt = 0
    while pending:
        answer = connection().dispatch("BatchGetItem", {"RequestItems": pending})
        for name, items in answer.get("Responses", {}).items():
            for item in items:
                row = tables[name].from_raw_data(item)
                rows[(name, row._get_hash_range_key_serialized_values())] = row
        pending = answer.get("UnprocessedKeys") or {}
        if pending:
            pause = _pause(attempt)
            if time.monotonic() + pause > deadline:
                raise TryAgain()
            time.sleep(pause)
            attempt += 1
    return [rows.get((table.Meta.table_name, keys)) for table, keys in asked]

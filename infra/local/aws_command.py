"""The `aws` command for the local engine.

    aws SERVICE OPERATION --option value ... [--query JMESPATH] [--output text]

One command line becomes one call of boto3. It is for the commands of docs/operations.md, which the tests and `make
rehearse` run without AWS's own program. Names, options and types come from the same service models as that program's,
so an option that does not exist is an error. Not supported: pages beyond the first, shorthand for structures, and a
service's own additions (`aws s3 cp`).
"""

import json
import socketserver
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import jmespath
from botocore import xform_name
from botocore.exceptions import ClientError

# Options that have another name in AWS's program than in the service's model.
_RENAMED = {("sns", "notification-endpoint"): "endpoint"}
_PROGRAM = """#!{python} -SE
import json, socket, sys
with socket.socket(socket.AF_UNIX) as connection:
    connection.connect("{address}")
    connection.sendall(json.dumps(sys.argv[1:]).encode())
    connection.shutdown(socket.SHUT_WR)
    output, error, code = json.load(connection.makefile())
sys.stdout.write(output)
sys.stderr.write(error)
sys.exit(code)
"""


class UsageError(Exception):
    """The command line does not fit the service's model."""


def run(arguments: list[str]) -> str:
    """Carry out one command line; return its output.

    Raises UsageError, or botocore's errors.
    """
    service, operation, *rest = arguments
    client = _client(service)
    if operation == "wait":
        name, *rest = rest
        waiter = client.get_waiter(name.replace("-", "_"))
        model = waiter.config.operation
        parameters, _, _ = _parse(client, model, rest)
        waiter.wait(**parameters, WaiterConfig={"Delay": 1})
        return ""
    names = {xform_name(name, "-"): name for name in client.meta.service_model.operation_names}
    if operation not in names:
        raise UsageError(f"aws {service} has no operation {operation}")
    parameters, query, output = _parse(client, names[operation], rest)
    response = getattr(client, xform_name(names[operation]))(**parameters)
    response.pop("ResponseMetadata", None)
    return _printed(jmespath.search(query, response) if query else response, output)


@cache
def _client(service: str) -> Any:
    return boto3.client(service)


def _parse(client: Any, operation: str, options: list[str]) -> tuple[dict[str, Any], str, str]:
    """(parameters of the call, --query, --output)."""
    shape = client.meta.service_model.operation_model(operation).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in (shape.members if shape else {}).items()}
    own = {"query": "", "output": "json"}
    parameters: dict[str, Any] = {}
    left = list(options)
    while left:
        option = left.pop(0).removeprefix("--")
        values = []
        while left and not left[0].startswith("--"):
            values.append(left.pop(0))
        if option in own:
            (own[option],) = values
            continue
        option = _RENAMED.get((client.meta.service_model.service_name, option), option)
        name, member = members.get(option) or members.get(option.removeprefix("no-")) or (None, None)
        if name is None or member is None:
            raise UsageError(f"{operation} has no option --{option}")
        parameters[name] = _value(member, values, is_set=not option.startswith("no-"))
    missing = [name for name in (shape.required_members if shape else []) if name not in parameters]
    if missing:
        raise UsageError(f"{operation} lacks {', '.join(missing)}")
    return parameters, own["query"], own["output"]


def _value(shape: Any, values: list[str], is_set: bool) -> Any:
    if shape.type_name == "boolean":
        return is_set
    if shape.type_name == "list" and shape.member.type_name == "string":
        return values
    (value,) = values
    if value.startswith("file://"):
        value = Path(value.removeprefix("file://")).read_text(encoding="utf-8")
    if shape.type_name in ("integer", "long"):
        return int(value)
    return json.loads(value) if shape.type_name in ("list", "structure", "map") else value


def _printed(result: Any, output: str) -> str:
    if output == "json":
        return json.dumps(result, indent=4, default=str) + "\n"
    rows = result if isinstance(result, list) else [result]
    cells = [row if isinstance(row, list) else [row] for row in rows]
    if not any(isinstance(row, list) for row in rows):
        cells = [[cell for row in cells for cell in row]]
    return "".join("\t".join(str(cell) for cell in row) + "\n" for row in cells)


class _Handler(socketserver.StreamRequestHandler):
    """Handler of one command line: a JSON list in; output, error text, exit code out."""

    def handle(self) -> None:
        try:
            response = (run(json.loads(self.rfile.read())), "", 0)
        except (UsageError, ClientError) as problem:
            response = ("", f"{problem}\n", 254)
        self.wfile.write(json.dumps(response).encode())


@contextmanager
def program(folder: Path) -> Iterator[None]:
    """Put a program `aws` into a folder.

    It works as long as the context is open, because this process makes the calls. So a script with many commands does
    not load boto3 for each of them. The path of the folder must be short.
    """
    address = folder / "aws.socket"
    path = folder / "aws"
    path.write_text(_PROGRAM.format(python=sys.executable, address=address), encoding="utf-8")
    path.chmod(0o700)
    with socketserver.ThreadingUnixStreamServer(str(address), _Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            thread.join()

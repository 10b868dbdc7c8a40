"""Generate the OpenAPI 3.1 document from endpoint declarations and examples.

    python -m infra.generate.openapi            writes docs/openapi.json
    python -m infra.generate.openapi --check    fails if the file differs

The examples are recorded responses (`examples.py`). OpenAPI has one operation per path and method, but an HIS action is
chosen by `?Action=`. Such an operation lists the parameters of all its actions; `x-actions` gives the parameters, body
and result of each one, and `/docs` shows them. `x-queries` has each query as one schema, for the dashboard's types.
What every operation shares is a component: an error response for each status, and the envelope of a success.
"""

import inspect
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

import app  # noqa: F401  imports every package, which declares its endpoints
from chalicelib import errors, http_adapter, release
from chalicelib.endpoint import Endpoint, declared
from infra.generate import examples

FILE = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
REF = "#/components/schemas/{name}"
# The component of each status, and what the status means.
ERRORS = {
    400: ("BadRequest", "Wrong or missing parameter, unknown Action, unreadable body"),
    401: ("Unauthorized", "No, bad or expired token; wrong password"),
    403: ("Forbidden", "The role, or the hospital, is not yours"),
    404: ("NotFound", "No such hospital, schedule or appointment, or none that you may see"),
    405: ("MethodNotAllowed", "Called with another method; see Allow"),
    409: ("Conflict", "The request is right but cannot be done"),
    429: ("TooManyRequests", "Too many; wait as long as Retry-After says"),
    500: ("InternalServerError", "A fault on our side"),
    503: ("ServiceUnavailable", "Nothing was done; send it again after Retry-After"),
}
TAGS = {
    "ImmunizationTarget": "A person and the places they hold, as clients of the sister system ask for them",
    "SendImmunizationTarget": "The white list of a hospital",
    "SendMessageTarget": "Announcements that an HIS sends (manual 3)",
    "accounts": "The Account Center: hospitals, accounts, roles and groups (manual 1)",
    "appointment": "Look-ups, booking, moving and cancelling (manual 4)",
    "dashboard": "The staff dashboard: departments, rooms, schedules and the booking desk (manual 2)",
    "health": "Whether the process answers",
    "line": "Events that LINE reports",
    "message": "A person's messages in the app",
    "messages": "Announcements that staff write (manual 3)",
    "person": "What a person chooses in the app",
    "ready": "Whether the tables can be reached",
    "token": "Sign-in, and the key that verifies tokens (manual 4.2)",
}


def document() -> dict[str, Any]:
    """The whole document.

    Raises ValueError if two Structs have the same name.
    """
    endpoints = declared()
    results = [endpoint.hints["return"] for endpoint in endpoints if not endpoint.plain]
    bodies = [endpoint.takes[name] for endpoint in endpoints for name in endpoint.takes]
    schemas, components = msgspec.json.schema_components([*results, *bodies], ref_template=REF)
    clashing = [name for name in components if "." in name]  # msgspec then adds the module to the name
    if clashing:
        raise ValueError(f"give each Struct a name of its own: {', '.join(clashing)}")
    schema_of = {id(kind): schema for kind, schema in zip([*results, *bodies], schemas, strict=True)}
    all_schemas = dict(sorted(_without_null(components).items()))
    paths: dict[str, Any] = {}
    recorded = examples.load()
    for path, method in sorted({(endpoint.path, endpoint.method) for endpoint in endpoints}):
        group = [endpoint for endpoint in endpoints if (endpoint.path, endpoint.method) == (path, method)]
        described = [_describe(endpoint, schema_of, components, recorded.get(endpoint.name, {})) for endpoint in group]
        paths.setdefault(path, {})[method.lower()] = _operation(group, described, components)
    used = _used(paths, all_schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MOPH Appointment Center",
            "version": release.VERSION,
            "summary": "Thailand's national hospital appointment system",
            "description": "The guarantees are in docs/wire-contract.md; how an HIS connects, in docs/his-guide.en.md.",
            "contact": {"name": "Ministry of Public Health, Thailand", "url": "https://www.moph.go.th"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "http://127.0.0.1:8000", "description": "make run"}],
        "tags": _tags(paths),
        "paths": paths,
        "components": {
            "schemas": {
                **{name: all_schemas[name] for name in used},
                "Envelope": _envelope(),
                "Error": _error_schema(),
            },
            "responses": {name: _error_response(meaning) for name, meaning in ERRORS.values()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
        },
        "x-queries": {name: schema for name, schema in all_schemas.items() if name not in used},
    }


def _describe(
    endpoint: Endpoint, schema_of: dict[int, Any], components: Any, recorded: dict[str, Any]
) -> dict[str, Any]:
    """Describe one action: parameters, request body, result, error codes, examples."""
    described: dict[str, Any] = {
        "action": endpoint.name,
        "section": endpoint.section,
        "summary": endpoint.summary,
        "summary_th": endpoint.thai,
        **_details_of(endpoint),
        "roles": [f"{role}:{endpoint.level}" for role in endpoint.roles],
        **({"also": f"{endpoint.also}:{endpoint.level}"} if endpoint.also else {}),
        "parameters": _parameters(endpoint),
    }
    if "body" in endpoint.takes:
        described["body"] = _without_null(schema_of[id(endpoint.takes["body"])])
    elif endpoint.params_anywhere:
        described["body"] = _without_null(schema_of[id(endpoint.takes["params"])])
    described["result"] = (
        _without_null(schema_of[id(endpoint.hints["return"])]) if not endpoint.plain else {"type": "string"}
    )
    described["codes"] = sorted({kind.code for kind in endpoint.errors})
    described["examples"] = recorded
    return described


def _details_of(endpoint: Endpoint) -> dict[str, str]:
    """What the handler's docstring says after its first line."""
    details = (inspect.getdoc(endpoint.handler) or "").partition("\n")[2].strip()
    return {"details": details} if details else {}


def _parameters(endpoint: Endpoint) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = []
    if endpoint.action:
        schema = {"type": "string", "enum": [endpoint.action]}
        parameters.append({"name": "Action", "in": "query", "required": True, "schema": schema})
    if "params" not in endpoint.takes:
        return parameters
    kind = endpoint.takes["params"]
    properties = msgspec.json.schema_components([kind], ref_template=REF)[1][kind.__name__]["properties"]
    for field in msgspec.structs.fields(kind):
        schema = dict(_without_null(properties[field.name]))
        schema.pop("default", None)
        where = "path" if f"{{{field.name}}}" in endpoint.path else "query"
        required = field.required and not endpoint.params_anywhere
        parameter = {"name": field.name, "in": where, "required": required or where == "path", "schema": schema}
        if "description" in schema:
            parameter["description"] = schema.pop("description")
        if "examples" in schema:
            parameter["example"] = schema.pop("examples")[0]
        parameters.append(parameter)
    return parameters


def _operation(group: list[Endpoint], described: list[dict[str, Any]], components: Any) -> dict[str, Any]:
    first = group[0]
    operation: dict[str, Any] = {
        "operationId": f"{first.method.lower()}{''.join(c if c.isalnum() else '_' for c in first.path)}",
        "tags": [_tag(first.path)],
        "summary": first.summary if len(group) == 1 else f"{len(group)} actions, chosen by Action",
        "description": _description(described),
        "parameters": list(_merged_parameters(described)),
        "responses": _responses(group, described, components),
        "x-actions": described if len(group) > 1 else [_without_repetition(described[0])],
    }
    bodies = [action["body"] for action in described if "body" in action]
    if bodies:
        content = {"application/json": {"schema": _any_of(bodies, components)}}
        optional = any(endpoint.params_anywhere for endpoint in group)
        operation["requestBody"] = {"required": not optional, "content": content}
    operation["security"] = [{"token": []}] if any(endpoint.roles for endpoint in group) else []
    return operation


def _tag(path: str) -> str:
    """The tag of a path: its first part after /api."""
    return path.removeprefix("/api").split("/")[1]


def _tags(paths: dict[str, Any]) -> list[dict[str, str]]:
    """Every tag of the paths, with its description.

    Raises KeyError if TAGS does not describe one.
    """
    return [{"name": tag, "description": TAGS[tag]} for tag in sorted({_tag(path) for path in paths})]


def _any_of(schemas: list[dict[str, Any]], components: Any) -> dict[str, Any]:
    """The schema itself if all are the same, else `anyOf` with each schema once.

    Typed clients take the first one that fits, so the schema with most required keys comes first: a shorter one would
    fit too, and lose the keys that it does not have.
    """
    different = [schema for n, schema in enumerate(schemas) if schema not in schemas[:n]]
    if len(different) == 1:
        return different[0]
    return {"anyOf": sorted(different, key=lambda schema: -_required_keys(schema, components))}


def _required_keys(schema: dict[str, Any], components: Any) -> int:
    """How many keys a schema requires; for an array, those of its items."""
    schema = schema.get("items", schema)
    if "$ref" in schema:
        schema = components[schema["$ref"].rsplit("/", 1)[1]]
    return len(schema.get("required", []))


def _used(paths: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """The names of the schemas that the paths refer to, in order.

    They refer to a schema directly or through another one. The other schemas describe queries, whose fields are
    parameters.
    """
    used: set[str] = set()
    waiting = _references(paths)
    while waiting:
        name = waiting.pop()
        if name in schemas and name not in used:
            used.add(name)
            waiting |= _references(schemas[name])
    return sorted(used)


def _references(document: Any) -> set[str]:
    """The names of the schemas that a part of the document refers to."""
    return set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)))


def _description(described: list[dict[str, Any]]) -> str:
    """The description of an operation: the Thai summary and the English details.

    With several actions, the name and the summaries of each too.
    """
    if len(described) == 1:
        return "\n\n".join([described[0]["summary_th"], *_details(described[0])])
    return "\n\n".join(
        "\n".join([f"{action['action']}: {action['summary']} ({action['summary_th']})", *_details(action)])
        for action in described
    )


def _details(action: dict[str, Any]) -> list[str]:
    return [action["details"]] if "details" in action else []


def _without_repetition(described: dict[str, Any]) -> dict[str, Any]:
    """The only action of an operation, without its parameters and result.

    They are those of the operation.
    """
    return {name: value for name, value in described.items() if name not in ("parameters", "result")}


def _merged_parameters(described: list[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    names = dict.fromkeys(p["name"] for action in described for p in action["parameters"])
    for name in names:
        uses = [(action["action"], p) for action in described for p in action["parameters"] if p["name"] == name]
        merged = dict(uses[0][1])
        if name == "Action":
            merged["schema"] = {"type": "string", "enum": [p["schema"]["enum"][0] for _, p in uses]}
        elif len(described) > 1:
            merged["required"] = all(p["required"] for _, p in uses) and len(uses) == len(described)
            merged["description"] = (
                f"{merged.get('description', '')} (of {', '.join(action for action, _ in uses)})".strip()
            )
        yield merged


def _responses(group: list[Endpoint], described: list[dict[str, Any]], components: Any) -> dict[str, Any]:
    result = _any_of([action["result"] for action in described], components)
    kind = "text/plain" if group[0].plain else "application/json"
    content: dict[str, Any] = {"schema": result if group[0].plain else _enveloped(result)}
    shown = {
        f"{action['action']} {n}": {"value": v}
        for action in described
        for n, v in action["examples"].items()
        if n == "200"
    }
    if shown:
        content["examples"] = shown
    statuses = {400, 405, 429, 500, 503}
    if any(endpoint.roles for endpoint in group):
        statuses |= {401, 403}
    for endpoint in group:
        statuses |= {http_adapter.status_of(kind) for kind in endpoint.errors}
    responses: dict[str, Any] = {"200": {"description": "Done", "content": {kind: content}}}
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": f"#/components/responses/{ERRORS[status][0]}"}
    return responses


def _error_response(meaning: str) -> dict[str, Any]:
    schema = {"$ref": REF.format(name="Error")}
    return {"description": meaning, "content": {"application/json": {"schema": schema}}}


def _enveloped(result: dict[str, Any]) -> dict[str, Any]:
    """A successful answer: the envelope and its `result`."""
    own = {"type": "object", "required": ["result"], "properties": {"result": result}}
    return {"allOf": [{"$ref": REF.format(name="Envelope")}, own]}


def _envelope() -> dict[str, Any]:
    return {
        "title": "Envelope",
        "type": "object",
        "required": ["MessageCode", "Message", "RequestTime", "processing_ms"],
        "properties": {
            "MessageCode": {"type": "integer", "const": 200},
            "Message": {"type": "string"},
            "RequestTime": {"type": "string", "format": "date-time"},
            "processing_ms": {"type": "integer"},
        },
    }


def _error_schema() -> dict[str, Any]:
    codes = sorted({kind.code for kind in all_api_errors()} | {"InternalError"})
    return {
        "title": "Error",
        "type": "object",
        "required": ["MessageCode", "Message", "Error", "RequestTime", "processing_ms"],
        "properties": {
            "MessageCode": {"type": "integer", "description": "the HTTP status"},
            "Message": {"type": "string", "description": "a Thai sentence that a person can act on"},
            "Error": {
                "type": "object",
                "required": ["code", "message", "fields", "request_id"],
                "properties": {
                    "code": {"type": "string", "enum": codes},
                    "message": {"type": "string", "description": "the same in English"},
                    "fields": {"type": "object", "additionalProperties": {"type": "string"}},
                    "request_id": {"type": "string"},
                },
            },
            "RequestTime": {"type": "string", "format": "date-time"},
            "processing_ms": {"type": "integer"},
        },
    }


def all_api_errors(of: type[errors.ApiError] = errors.ApiError) -> list[type[errors.ApiError]]:
    """Every class below an error class."""
    children = of.__subclasses__()
    return [kind for child in children for kind in (child, *all_api_errors(child))]


def _without_null(schema: Any) -> Any:
    """A copy of the schema that does not offer null.

    Optional fields are left out, never null.
    """
    if isinstance(schema, list):
        return [_without_null(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "anyOf" in schema and {"type": "null"} in schema["anyOf"]:
        rest = [item for item in schema["anyOf"] if item != {"type": "null"}]
        outer = {k: v for k, v in schema.items() if k not in ("anyOf", "default")}
        return _without_null({**outer, **rest[0]} if len(rest) == 1 else {**outer, "anyOf": rest})
    return {k: _text(v) if k == "description" else _without_null(v) for k, v in schema.items()}


def _text(description: Any) -> Any:
    """A docstring without the indentation of its code.

    A value that is not a string is a schema of a field named description.
    """
    return inspect.cleandoc(description) if isinstance(description, str) else _without_null(description)


def text() -> str:
    """The document as it is checked in."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def main() -> int:
    made = text()
    if "--check" in sys.argv:
        if FILE.read_text(encoding="utf-8") != made:
            print("docs/openapi.json is not what the endpoints declare: run `make openapi` and look at the difference")
            return 1
        return 0
    FILE.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())

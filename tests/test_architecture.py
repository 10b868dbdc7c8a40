"""Architecture tests: what import-linter and mypy cannot check.

Endpoints are declared completely, every error has a status, code and templates agree, every file belongs to an import
contract, and the pages name only what exists.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grimp
import pytest
import yaml

import app as app_module
from chalicelib import errors, http_adapter, tables
from chalicelib.caller import LEVELS, ROLES
from chalicelib.endpoint import declared
from infra.generate.openapi import all_api_errors

ROOT = Path(__file__).resolve().parents[1]


# ---- endpoints ----

# Parameters that identify a person. In some GETs of HIS and app `cid` is in the query: the wire contract says so.
_PERSONAL = re.compile("search|name|cid|phone|mobile|birth|person|password", re.IGNORECASE)
_PUBLIC_NAMES = {("GET", "/api/accounts/hospitals", "name")}  # the name of a hospital
_OPEN_PATHS = {"/token", "/health", "/ready", "/line/webhook"}


def test_every_route_of_the_app_is_a_declared_endpoint() -> None:
    assert set(app_module.app.routes) == {endpoint.path for endpoint in declared()}


def test_every_endpoint_has_a_summary_in_thai_and_english_and_a_section_of_the_manual() -> None:
    for endpoint in declared():
        assert endpoint.summary.endswith("."), endpoint.name
        assert _is_thai(endpoint.thai), endpoint.name
        assert endpoint.section, endpoint.name


def test_no_address_of_the_dashboard_contains_a_name_a_telephone_number_or_a_national_id() -> None:
    ours = ("/api/accounts", "/api/dashboard", "/api/messages")
    endpoints = [endpoint for endpoint in declared() if endpoint.path.startswith(ours)]
    assert len(endpoints) > 50
    personal = {
        (endpoint.method, endpoint.path, name)
        for endpoint in endpoints
        for name in _query_parameters(endpoint)
        if _PERSONAL.search(name)
    }
    assert personal == _PUBLIC_NAMES


def test_a_national_id_is_in_an_address_only_if_the_wire_contract_says_so() -> None:
    with_cid = {
        endpoint.action or endpoint.path
        for endpoint in declared()
        if endpoint.method == "GET" and "cid" in _query_parameters(endpoint)
    }
    assert with_cid == {
        "/api/appointment/Appointment",
        "/api/ImmunizationTarget",
        "/api/message/Inbox",
        "CancelAppointmentSlot",
        "PostponeAppointmentSlot",
    }


def test_every_endpoint_names_existing_roles_or_is_listed_as_open_to_everybody() -> None:
    assert {endpoint.path for endpoint in declared() if not endpoint.roles} <= _OPEN_PATHS
    for endpoint in declared():
        assert set(endpoint.roles) <= set(ROLES), endpoint.name
        assert endpoint.level in LEVELS, endpoint.name


def _query_parameters(endpoint: Any) -> tuple[str, ...]:
    return endpoint.takes["params"].__struct_fields__ if "params" in endpoint.takes else ()


def _is_thai(text: str) -> bool:
    return any("\u0e00" <= letter <= "\u0e7f" for letter in text)


# ---- errors ----


def test_every_api_error_has_a_status_a_unique_code_and_a_sentence_in_both_languages() -> None:
    kinds = all_api_errors()
    for kind in kinds:
        assert 400 <= http_adapter.status_of(kind) < 600
        assert kind.english.endswith("."), kind
        assert _is_thai(kind.thai), kind
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))


def test_the_error_tree_in_the_docstring_equals_the_classes() -> None:
    family, documented = "", {}
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r" {6}([A-Z]\w+) {2,}\S", line):
            family = match[1]
            documented[family] = set()
        elif line.startswith(" " * 8):
            documented[family] |= set(line.split())
    classes = [value for value in vars(errors).values() if isinstance(value, type)]
    families = [each for each in classes if each.__base__ is errors.ApiError]
    assert documented == {
        parent.__name__: {child.__name__ for child in classes if child.__base__ is parent} for parent in families
    }


def test_a_business_error_is_never_5xx_because_a_widespread_client_repeats_those() -> None:
    for kind in all_api_errors():
        if not issubclass(kind, errors.TryAgain):
            assert http_adapter.status_of(kind) < 500, kind


# ---- templates ----


class _Template(yaml.SafeLoader):
    """Reads a CloudFormation template; of a tagged value such as `!Sub x` it keeps x."""


def _untagged(loader: _Template, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]


_Template.add_multi_constructor("!", _untagged)


def resources(kind: str) -> dict[str, Any]:
    """The properties of the template's resources of one type, by logical name."""
    template = yaml.load((ROOT / "infra" / "aws" / "resources.yaml").read_text(encoding="utf-8"), Loader=_Template)
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


def test_the_tables_in_the_code_equal_the_tables_in_the_template() -> None:
    in_template = {p["TableName"].replace("${Stage}", "local"): p for p in resources("AWS::DynamoDB::Table").values()}
    in_code = {model.Meta.table_name: model for model in tables.Table.__subclasses__()}
    assert set(in_code) == set(in_template)
    for name, model in in_code.items():
        schema = model._get_schema()
        assert in_template[name]["KeySchema"] == _keys(schema["key_schema"]), name
        indexes = {i["IndexName"]: _keys(i["KeySchema"]) for i in in_template[name].get("GlobalSecondaryIndexes", [])}
        assert indexes == {i["index_name"]: _keys(i["key_schema"]) for i in schema["global_secondary_indexes"]}, name


def _keys(schema: Any) -> Any:
    keys = [{"AttributeName": k["AttributeName"], "KeyType": k["KeyType"]} for k in schema]
    return sorted(keys, key=lambda key: key["KeyType"])  # HASH before RANGE


def test_every_table_is_on_demand_encrypted_recoverable_and_protected_in_production() -> None:
    for name, table in resources("AWS::DynamoDB::Table").items():
        assert table["BillingMode"] == "PAY_PER_REQUEST", name
        assert table["SSESpecification"]["SSEEnabled"] is True, name
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True, name
        assert table["DeletionProtectionEnabled"][0] == "TablesProtected", name


def test_rows_with_a_time_to_expire_are_deleted_by_their_table() -> None:
    in_template = {p["TableName"].replace("${Stage}", "local"): p for p in resources("AWS::DynamoDB::Table").values()}
    expiring = {model.Meta.table_name for model in tables.Table.__subclasses__() if hasattr(model, "expires_at")}
    deleting = {name for name, p in in_template.items() if "TimeToLiveSpecification" in p}
    assert len(expiring) > 7
    assert expiring == deleting


def test_every_queue_has_a_function_and_every_queue_function_has_a_queue() -> None:
    queues = {p["QueueName"].replace("moph-${Stage}-", "") for p in resources("AWS::SQS::Queue").values()}
    working = {name for name in queues if not name.endswith("dead")}
    sources = app_module.app.event_sources
    assert {source.queue for source in sources if type(source).__name__ == "SQSEventConfig"} == working


def test_every_stream_function_reads_a_table_that_has_a_stream() -> None:
    tables_with_stream = {
        p["TableName"].replace("${Stage}", "local")
        for p in resources("AWS::DynamoDB::Table").values()
        if "StreamSpecification" in p
    }
    sources = app_module.app.event_sources
    read = {source.stream_arn for source in sources if type(source).__name__ == "DynamoDBEventConfig"}
    assert read
    assert read <= tables_with_stream


# ---- generated files ----


@pytest.mark.system  # the examples are recorded on an engine
@pytest.mark.parametrize("module", ["infra.generate.openapi", "infra.generate.examples"])
def test_the_api_document_and_its_examples_equal_what_the_code_generates(module: str) -> None:
    _check_generated(module)


def test_the_holidays_equal_what_the_pinned_package_says() -> None:
    _check_generated("infra.generate.holidays")


def _check_generated(module: str) -> None:
    command = [sys.executable, "-m", module, "--check"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


# ---- files and imports ----


# What a file may import of ours, by its kind (docs/design.md). The kind is the last word of the file's name: routes
# (schemas too), store or rows. A file is pure if the contract "pure" in pyproject.toml lists it. The rest is actions.
_MAY_IMPORT = {
    "routes": {"routes", "actions", "pure", "base"},
    "actions": {"actions", "store", "pure", "base"},
    "store": {"store", "rows", "pure", "base", "database"},
    "rows": {"rows", "pure", "base", "database"},
    "pure": {"pure", "base"},
    "base": {"base"},
    "database": {"database", "base"},
}
_DATABASE = {
    "pynamodb",
    *(f"chalicelib.{name}" for name in ("dynamodb_sender", "number_attributes", "row_mapper", "storage", "tables")),
}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    return grimp.build_graph("chalicelib", include_external_packages=True, cache_dir=None)


def _kind(module: str, pure: set[str]) -> str:
    if module in _DATABASE:
        return "database"
    if module.count(".") == 1:
        return "routes" if module == "chalicelib.health" else "base"
    last_word = re.split("[._]", module)[-1]
    if last_word in ("routes", "schemas"):
        return "routes"
    if last_word in ("store", "rows"):
        return last_word
    return "pure" if module in pure else "actions"


def _pure_modules(graph: grimp.ImportGraph) -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contract = next(each for each in project["tool"]["importlinter"]["contracts"] if each["id"] == "pure")
    matches = {pattern: graph.find_matching_modules(pattern) for pattern in contract["source_modules"]}
    assert all(matches.values()), f"patterns without a file: {[pattern for pattern in matches if not matches[pattern]]}"
    return {module for modules in matches.values() for module in modules}


def test_every_file_imports_only_the_kinds_that_its_own_kind_may_import(imports: grimp.ImportGraph) -> None:
    pure = _pure_modules(imports)
    files = {
        module for module in imports.modules if module.startswith("chalicelib.") and not imports.find_children(module)
    }
    assert {_kind(file, pure) for file in files} == set(_MAY_IMPORT)
    wrong = [
        f"{file} ({_kind(file, pure)}) imports {imported} ({_kind(imported, pure)})"
        for file in files
        for imported in imports.find_modules_directly_imported_by(file) & (files | _DATABASE)
        if _kind(imported, pure) not in _MAY_IMPORT[_kind(file, pure)]
    ]
    assert not wrong


def test_rules_and_models_are_pure(imports: grimp.ImportGraph) -> None:
    pure = _pure_modules(imports)
    named = {module for module in imports.modules if re.split("[._]", module)[-1] in ("rules", "model")}
    assert len(named) > 5
    assert named <= pure


def test_a_store_is_used_only_by_its_own_package(imports: grimp.ImportGraph) -> None:
    stores = {module for module in imports.modules if re.split("[._]", module)[-1] == "store"}
    assert len(stores) > 7
    wrong = [
        f"{user} uses {store}"
        for store in stores
        for user in imports.find_modules_that_directly_import(store)
        if user.split(".")[1] != store.split(".")[1]
    ]
    assert not wrong


def test_no_test_patches_code() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
                assert not {name for name in names if name.startswith("unittest.mock") or name == "mock"}, path
            if isinstance(node, ast.Attribute) and node.attr == "setattr":
                assert getattr(node.value, "id", "") != "monkeypatch", path


# ---- words ----

# Names that do not say what a value is, or that only we understand.
_UNCLEAR_NAMES = set("asked centre deed found here leg one parcel seen sheet some standing told turn".split())
# In tests, `one` and `found` are allowed for a short loop and for a list of contradictions.
_UNCLEAR_NAMES_OF_TESTS = (_UNCLEAR_NAMES - {"found", "one"}) | set(
    "cast chapter crowd diary seat sight storm ward watch Cast Chapter Crowd Diary Seat Sight Told Ward Watch".split()
)
# A room is an examination room, never a package of code.
_UNCLEAR_WORDS = re.compile(r"\b(centres?|doors?|house rules?|other rooms|own room)\b", re.IGNORECASE)


def test_no_function_parameter_or_variable_has_an_unclear_name() -> None:
    sources = [path for path in _texts() if path.suffix == ".py" and path.is_relative_to(ROOT / "chalicelib")]
    assert len(sources) > 60
    wrong = []
    for path in [*sources, ROOT / "app.py", *(ROOT / "infra").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]:
        unclear = _UNCLEAR_NAMES_OF_TESTS if path.is_relative_to(ROOT / "tests") else _UNCLEAR_NAMES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "name", None) or getattr(node, "arg", None) or getattr(node, "id", None)
            if name in unclear:
                wrong.append(f"{path.relative_to(ROOT)}:{node.lineno} {name}")
    assert not wrong


def test_every_package_of_tests_says_what_is_in_it() -> None:
    for path in (ROOT / "tests").rglob("__init__.py"):
        assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path.relative_to(ROOT)


def test_the_first_line_of_a_docstring_has_at_most_80_characters() -> None:
    long = []
    for path in [
        ROOT / "app.py",
        *(path for name in ("chalicelib", "infra", "tests") for path in (ROOT / name).rglob("*.py")),
    ]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                first = (ast.get_docstring(node) or "").partition("\n")[0]
                if len(first) > 80:
                    long.append(f"{path.relative_to(ROOT)}: {getattr(node, 'name', 'module')}: {first}")
    assert not long


def test_no_source_and_no_page_uses_a_word_that_only_we_understand() -> None:
    for path, text in _texts().items():
        if path != Path(__file__):
            assert not (match := _UNCLEAR_WORDS.search(text)), f"{path.relative_to(ROOT)}: {match[0]}"


# ---- pages ----

_FOLDERS = (".chalice", "chalicelib", "dashboard/src", "docs", "infra", "tests")
_TEXTS = {".json", ".md", ".pml", ".py", ".toml", ".ts", ".tsx", ".txt", ".yaml"}

# Names in the pages that are not in our code: of AWS, of the manual, of the generated template.
_FOREIGN_NAMES = {
    "APOINTMENT_DASHBOARD",
    "GetParameters",
    "IdempotentParameterMismatch",
    "RemindPeopleSchedule",
    "SealAuditSchedule",
}


def _texts() -> dict[Path, str]:
    """Pages and sources, by path."""
    files = [
        *ROOT.iterdir(),
        ROOT / "dashboard" / "README.md",
        *(f for name in _FOLDERS for f in (ROOT / name).rglob("*")),
    ]
    return {file: file.read_text(encoding="utf-8") for file in files if file.suffix in _TEXTS}


def _pages() -> Iterator[tuple[Path, str]]:
    """Every page except the changelog, which also names what is gone."""
    yield from ((path, text) for path, text in _texts().items() if path.suffix == ".md" and path.stem != "CHANGELOG")


def test_every_link_between_the_pages_has_a_target() -> None:
    for page, text in _pages():
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_link_to_a_heading_has_a_heading() -> None:
    for page, text in _pages():
        for target, heading in re.findall(r"\]\(([^)#]*)#([^)]+)\)", text):
            linked = (page.parent / target) if target else page
            headings = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", each).lower().replace(" ", "-") for each in headings}, target


def test_decisions_are_numbered_without_a_gap_and_every_reference_names_one() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# {int(page.name[:4])}. "), page.name
    for path, text in _texts().items():
        assert set(re.findall(r"docs/adr/(\d+)", text)) <= set(numbers), path


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page, text in _pages():
        named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
        assert named <= targets, f"{page.name}: {named - targets}"
        measurements = {module.stem for module in (ROOT / "infra" / "bench").glob("*.py")}
        assert set(re.findall(r"\bONLY=(\w+)", text)) <= measurements, page.name


def test_every_file_that_a_page_names_exists() -> None:
    """A page may leave out `chalicelib/`, and the folder of a test."""
    names = [path.relative_to(ROOT).as_posix() for path in _texts()]
    for page, text in _pages():
        for name in re.findall(r"`([\w./-]+\.py|[\w.-]+/[\w./-]+\.(?:json|md|tsx?|yaml))`", text):
            assert any(f"/{each}".endswith(f"/{name}") for each in names), f"{page.name}: {name}"


def test_every_name_that_a_page_puts_in_backticks_is_in_the_code() -> None:
    sources = [text for path, text in _texts().items() if path.suffix != ".md" and path != Path(__file__)]
    code = set(re.findall(r"\w+", "\n".join(sources)))
    for page, text in _pages():
        names = set(re.findall(r"`(?:\w+\.)?(_?[A-Za-z]+(?:_\w+|[a-z][A-Z]\w*))(?:\([^`]*\))?`", text))
        assert names - code <= _FOREIGN_NAMES, f"{page.name}: {names - code - _FOREIGN_NAMES}"

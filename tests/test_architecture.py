"""What import-linter cannot hold: every route is declared, every error has a status, code and template agree."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import app as the_map
from chalicelib import errors, tables, wire
from chalicelib.caller import LEVELS, ROLES
from chalicelib.endpoint import declared
from infra.generate.openapi import all_api_errors

ROOT = Path(__file__).resolve().parents[1]


class _Template(yaml.SafeLoader):
    """Reads a CloudFormation template; of `!Sub x` and the like it keeps the x."""


def _untagged(loader: _Template, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)  # type: ignore[arg-type]


_Template.add_multi_constructor("!", _untagged)


def resources(kind: str) -> dict[str, Any]:
    """The template's resources of one type, by logical name."""
    template = yaml.load((ROOT / "infra" / "aws" / "resources.yaml").read_text(encoding="utf-8"), Loader=_Template)
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


def test_every_route_of_the_app_is_declared_as_an_endpoint() -> None:
    assert set(the_map.app.routes) == {one.path for one in declared()}


def test_every_endpoint_says_what_it_does_in_thai_and_english_and_where_that_is_written() -> None:
    for one in declared():
        assert one.summary.endswith("."), one.name
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in one.thai), one.name
        assert one.section, one.name


# What a person may be found by. The wire contract's own GETs for HIS and app have `cid` in the query; ours do not.
_PERSONAL = re.compile("search|name|cid|phone|mobile|birth|person|password", re.IGNORECASE)
_NOT_A_PERSONS = {("GET", "/api/accounts/hospitals", "name")}  # of a hospital, which is public


def test_no_address_of_the_dashboard_carries_a_name_a_telephone_number_or_a_national_id() -> None:
    ours = [one for one in declared() if one.path.startswith(("/api/accounts", "/api/dashboard", "/api/messages"))]
    assert len(ours) > 50
    in_addresses = {
        (one.method, one.path, name)
        for one in ours
        if "params" in one.takes
        for name in one.takes["params"].__struct_fields__
        if _PERSONAL.search(name)
    }
    assert in_addresses == _NOT_A_PERSONS


def test_a_national_id_stands_in_an_address_only_where_the_wire_contract_puts_it() -> None:
    in_addresses = {
        one.action or one.path
        for one in declared()
        if one.method == "GET" and "params" in one.takes and "cid" in one.takes["params"].__struct_fields__
    }
    contract = {"/api/appointment/Appointment", "/api/ImmunizationTarget", "/api/message/Inbox"}
    assert in_addresses == contract | {"CancelAppointmentSlot", "PostponeAppointmentSlot"}


def test_every_endpoint_names_roles_that_exist_or_is_open_to_everyone_on_purpose() -> None:
    open_to_everyone = {one.path for one in declared() if not one.roles}
    assert open_to_everyone <= {"/token", "/health", "/ready", "/line/webhook"}
    for one in declared():
        assert set(one.roles) <= set(ROLES)
        assert one.level in LEVELS


def test_every_refusal_has_a_status_a_code_of_its_own_and_words_in_both_languages() -> None:
    kinds = all_api_errors()
    for kind in kinds:
        assert 400 <= wire.status_of(kind) < 600
        assert kind.english.endswith("."), kind
        assert any("\u0e00" <= letter <= "\u0e7f" for letter in kind.thai), kind
    codes = [kind.code for kind in kinds]
    assert len(codes) == len(set(codes))


def test_the_tree_of_refusals_in_the_docstring_is_the_tree_in_the_code() -> None:
    family, drawn = "", {}
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r" {6}([A-Z]\w+) {2,}\S", line):
            family = found[1]
            drawn[family] = set()
        elif line.startswith(" " * 8):
            drawn[family] |= set(line.split())
    own = [one for one in vars(errors).values() if isinstance(one, type)]
    families = [one for one in own if one.__base__ is errors.ApiError]
    assert drawn == {one.__name__: {member.__name__ for member in own if member.__base__ is one} for one in families}


def test_business_refusals_are_never_5xx_because_a_widespread_client_repeats_those() -> None:
    for kind in all_api_errors():
        if not issubclass(kind, errors.TryAgain):
            assert wire.status_of(kind) < 500


def test_tables_in_code_equal_the_template() -> None:
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


def test_every_queue_of_the_template_has_a_function_and_the_other_way_round() -> None:
    queues = {p["QueueName"].replace("moph-${Stage}-", "") for p in resources("AWS::SQS::Queue").values()}
    working = {name for name in queues if not name.endswith("dead")}
    listened = {one.queue for one in the_map.app.event_sources if type(one).__name__ == "SQSEventConfig"}
    assert listened == working


def test_every_stream_function_has_a_table_with_a_stream() -> None:
    tables_with_stream = {
        p["TableName"].replace("${Stage}", "local")
        for p in resources("AWS::DynamoDB::Table").values()
        if "StreamSpecification" in p
    }
    listened = {s.stream_arn for s in the_map.app.event_sources if type(s).__name__ == "DynamoDBEventConfig"}
    assert listened <= tables_with_stream


@pytest.mark.system  # the examples are played on an engine
def test_the_api_document_and_its_examples_are_what_the_code_says() -> None:
    for module in ("infra.generate.openapi", "infra.generate.examples"):
        done = subprocess.run(
            [sys.executable, "-m", module, "--check"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_nothing_is_patched_in_a_test() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = {alias.name for alias in node.names} | {getattr(node, "module", "") or ""}
                assert not {name for name in names if name.startswith("unittest.mock") or name == "mock"}, path
            if isinstance(node, ast.Attribute) and node.attr == "setattr":
                assert getattr(node.value, "id", "") != "monkeypatch", path


def test_the_holidays_are_what_the_maintained_package_says() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "infra.generate.holidays", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _texts() -> dict[Path, str]:
    """The pages and the sources, by path."""
    folders = [ROOT / name for name in ("chalicelib", "dashboard/src", "docs", "infra", "tests")]
    files = [*ROOT.iterdir(), ROOT / "dashboard" / "README.md", *(file for one in folders for file in one.rglob("*"))]
    kinds = {".md", ".py", ".txt", ".ts", ".tsx", ".yaml"}
    return {file: file.read_text(encoding="utf-8") for file in files if file.suffix in kinds}


def test_every_link_between_the_pages_leads_to_something_that_is_there() -> None:
    for page, text in _texts().items():
        if page.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            assert target.startswith("http") or (page.parent / target).exists(), f"{page.name}: {target}"


def test_decisions_are_numbered_without_a_gap_and_each_that_is_named_is_there() -> None:
    pages = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [page.name[:4] for page in pages]
    assert numbers == [f"{number:04}" for number in range(1, len(pages) + 1)]
    for page in pages:
        assert page.read_text(encoding="utf-8").startswith(f"# {int(page.name[:4])}. "), page.name
    for path, text in _texts().items():
        assert set(re.findall(r"docs/adr/(\d+)", text)) <= set(numbers), path


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page, text in _texts().items():
        if page.suffix == ".md":
            named = set(re.findall(r"(?:`|^)make ([a-z-]+)", text, re.MULTILINE))
            assert named <= targets, f"{page.name}: {named - targets}"

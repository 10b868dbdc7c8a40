"""The embedded engine compares keys and copies rows fast, with the same results."""

import itertools
import json
from typing import Any

import pytest
from ministack.core.responses import json_response
from ministack.services import dynamodb

from infra.local.engine_speed import quick_answer, quick_copy, quick_size, with_quick_keys

own_size = dynamodb._item_size_bytes
SLOT = "KeyConditionExpression"
NAMES = {"#0": "hospital_day", "#1": "item"}
TEXTS = ["", "a", "a#1", "a#2", "b", "ก", "𝒶"]
CONDITIONS = [
    "#0 = :0",
    "(#0 = :0 AND begins_with (#1, :1))",
    "(#0 = :0 AND #1 BETWEEN :1 AND :2)",
    *(f"(#0 = :0 AND #1 {compare} :1)" for compare in ("=", "<", "<=", ">", ">=")),
]


def never(*_: Any, **__: Any) -> bool:
    raise AssertionError("the engine's own evaluator was asked")


@pytest.mark.parametrize("condition", CONDITIONS)
def test_a_condition_on_texts_finds_the_rows_that_the_engine_finds(condition: str) -> None:
    quick = with_quick_keys(never)
    for day, item, wanted, low in itertools.product(("d", "e"), TEXTS, TEXTS, TEXTS):
        row = {"hospital_day": {"S": day}, "item": {"S": item}}
        values = {":0": {"S": "d"}, ":1": {"S": low}, ":2": {"S": max(wanted, low)}}
        own = dynamodb._evaluate_condition(condition, row, values, NAMES, SLOT)
        assert quick(condition, row, values, NAMES, SLOT) == bool(own), (condition, row, values)


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("#0 = :0 AND #2 = :1", {":0": {"S": "d"}, ":1": {"S": "x"}}),  # a name that the request does not give
        ("(#0 = :0 AND #1 > :1)", {":0": {"S": "d"}, ":1": {"N": "1"}}),
        ("(#0 = :0 AND #1 > :1)", {":0": {"S": "d"}}),
        ("#0 = :0 OR #1 = :1", {":0": {"S": "d"}, ":1": {"S": "x"}}),
    ],
)
def test_everything_else_is_left_to_the_engine(condition: str, values: dict[str, Any]) -> None:
    row = {"hospital_day": {"S": "d"}, "item": {"S": "a"}}
    with pytest.raises(AssertionError, match="own evaluator"):
        with_quick_keys(never)(condition, row, values, NAMES, SLOT)


def test_a_copy_of_a_row_is_equal_and_none_of_its_lists_and_maps_are_those_of_the_row() -> None:
    row = {
        "text": {"S": "a"},
        "S": {"M": {"S": {"S": "a"}, "N": {"L": [{"N": "1"}, {"NULL": True}]}}},
        "free": {"NS": ["1", "2"]},
        "empty": {"M": {}},
    }
    copied = quick_copy(row)
    assert copied == row
    copied["S"]["M"]["N"]["L"].append({"S": "b"})
    copied["free"]["NS"].append("3")
    copied["empty"]["M"]["a"] = {"S": "b"}
    copied["text"] = {"S": "b"}
    assert row["S"] == {"M": {"S": {"S": "a"}, "N": {"L": [{"N": "1"}, {"NULL": True}]}}}
    assert (row["free"], row["empty"], row["text"]) == ({"NS": ["1", "2"]}, {"M": {}}, {"S": "a"})


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"cid": {"S": "1111111111119"}, "ชื่อ": {"S": "สมชาย"}, "empty": {"S": ""}},
        {"free": {"NS": ["1", "20", "-3.5"]}, "version": {"N": "12"}, "names": {"SS": ["ก", "b"]}},
        {"open": {"BOOL": True}, "none": {"NULL": True}, "file": {"B": "YWJj"}},
        {"rules": {"M": {"S": {"S": "a"}, "N": {"L": [{"N": "1"}, {"S": "ข"}]}}}, "wrong": {}, "none": None},
    ],
)
def test_the_size_of_a_row_is_that_of_the_engine(row: dict[str, Any]) -> None:
    assert quick_size(row) == own_size(row)


def test_an_answer_has_the_content_of_the_engines() -> None:
    data = {
        "Items": [{"name": {"S": 'สมชาย 𝒶 "\\\n\u2028'}, "n": {"N": "1"}}],
        "Count": 1,
        "Capacity": 0.5,
        "Last": None,
    }
    status, headers, body = quick_answer(data, 400)
    own_status, own_headers, own_body = json_response(data, 400)
    assert (status, headers, json.loads(body)) == (own_status, own_headers, json.loads(own_body))

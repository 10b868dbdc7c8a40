"""The cursors of pages show no person's id and cannot be forged or shared."""

import base64
import re
import string
from typing import Any

import msgspec
import pytest

import app  # noqa: F401  imports every package, which declares its endpoints
from chalicelib.audit.schemas import LineId
from chalicelib.cursors import rules
from chalicelib.endpoint import declared
from chalicelib.fields import Cursor, Id
from chalicelib.people.model import masked
from tests.client import Client, new_cid
from tests.hospitals import Hospitals
from tests.waiting import eventually

WHITE_LIST = "/api/dashboard/white-list"


def page(staff: Client, after: str = "") -> Any:
    return staff.call("POST", WHITE_LIST, body={"after": after})


@pytest.fixture(scope="module")
def first(staff: Client) -> Any:
    """The first page of a white list of 51 people, and the ids of all of them."""
    cids = sorted(new_cid() for _ in range(51))
    lines = [f"{cid},นาย,หน้า,ถัดไป,1,," for cid in cids]
    assert staff.call("POST", f"{WHITE_LIST}/import", body={"lines": lines, "first_line": 2}).status == 200
    result = eventually(lambda: (shown := page(staff).result)["next"] and shown, "the list has two pages")
    return result, cids


def test_a_cursor_leads_to_the_next_page_and_shows_nothing_of_the_id_at_which_it_stands(staff, first) -> None:
    shown, cids = first
    second = page(staff, shown["next"]).result
    assert [one["cid_masked"] for one in shown["people"] + second["people"]] == [masked(cid) for cid in cids]
    assert second["next"] == ""
    decoded = base64.urlsafe_b64decode(shown["next"][1:] + "==").decode("latin-1")
    assert not re.search(r"\d{4}", decoded), "a readable part of an id"


def test_an_id_in_place_of_a_cursor_is_refused_so_that_nobody_finds_a_masked_id_by_trying(staff, first) -> None:
    shown, cids = first
    for guess in (cids[25], cids[25][:6], "0", f"1{base64.urlsafe_b64encode(cids[25].encode()).decode()}"):
        reply = page(staff, guess)
        assert (reply.status, list(reply.json["Error"]["fields"])) == (400, ["after"])
        assert masked(cids[26]) not in reply.text
    assert page(staff, shown["next"]).status == 200


def test_a_cursor_with_any_other_last_letter_is_none() -> None:
    """Some bits of the last letter mean nothing, whatever the position's length."""
    secret = "ab" * 64
    for position in ("1", "12", "123", "1111111111119"):
        cursor = rules.seal(secret, "list", position)
        others = set(string.ascii_letters + string.digits + "-_") - {cursor[-1]}
        assert {rules.unseal(secret, "list", cursor[:-1] + letter) for letter in others} == {None}
        assert rules.unseal(secret, "list", cursor) == position


@pytest.mark.parametrize("position", [0, 1, 20, -1])
def test_a_cursor_of_which_one_letter_is_changed_is_refused(staff, first, position) -> None:
    letters = list(first[0]["next"])
    letters[position] = "B" if letters[position] != "B" else "g"
    assert page(staff, "".join(letters)).json["Error"]["fields"].keys() == {"after"}


def test_a_cursor_is_of_no_use_to_another_hospital(hospitals: Hospitals, first) -> None:
    assert page(hospitals.new(with_catalogue=False).client("staff.demo"), first[0]["next"]).code == "InvalidRequest"


def test_every_page_begins_at_a_cursor_or_at_what_the_page_itself_shows() -> None:
    """The page shows an announcement's or target's number, or the time of an entry."""
    fields = [(endpoint.name, field.type) for endpoint in declared() for field in cursor_fields(endpoint)]
    assert len(fields) > 5
    assert [name for name, kind in fields if kind not in (Cursor, LineId | None, Id | None)] == []


def cursor_fields(endpoint: Any) -> list[Any]:
    """The fields of a request that say where a page begins."""
    fields = [field for struct in endpoint.takes.values() for field in msgspec.structs.fields(struct)]
    return [field for field in fields if field.name in ("after", "before", "cursor", "next", "start", "since")]

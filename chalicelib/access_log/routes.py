"""API of access records.

The app gets a person's own records; a hospital's administrator gets those of its accounts.
"""

import hashlib

import msgspec

from chalicelib.access_log import actions
from chalicelib.access_log.model import Access
from chalicelib.access_log.rules import masked_digits
from chalicelib.accounts.schemas import Login
from chalicelib.caller import ACCOUNT_ADMIN, APPOINTMENT_API, COUNTRY, Caller
from chalicelib.cursors import actions as cursors
from chalicelib.endpoint import declared, endpoint
from chalicelib.errors import AccountNotFound, HospitalNotFound
from chalicelib.fields import Cid, Cursor, HospitalCode

_PAGE = 50


class AccessAction(msgspec.Struct):
    """The action by which a person was shown.

    action: as in the API document. thai, english: the same in words.
    """

    action: str
    thai: str
    english: str


def _action(name: str) -> AccessAction:
    described = next((each for each in declared() if each.name == name), None)
    return AccessAction(name, described.thai, described.summary) if described else AccessAction(name, name, name)


class AccessLogBody(msgspec.Struct):
    cid: Cid
    after: Cursor = ""


class AccessRow(msgspec.Struct):
    """All readings of the person within a clock hour by one account and action.

    at: ISO with offset, Bangkok, the first of them. by_app: the app's back end, for the person.
    """

    at: str
    hospital_code: str
    hospital_name: str
    by_app: bool
    action: AccessAction


class AccessLog(msgspec.Struct):
    """A page. next: send it as `after` for the next page; "" if this is the last."""

    accesses: list[AccessRow]
    next: str


@endpoint(
    "POST",
    "/api/person/AccessLog",
    roles=(APPOINTMENT_API,),
    level=COUNTRY,
    section="New here",
    thai="ใครดูข้อมูลของฉัน: หน่วยบริการที่ดูข้อมูลของผู้รับบริการ ดูอะไร เมื่อใด",
)
def show_access_log(caller: Caller, body: AccessLogBody) -> AccessLog:
    """Hospitals that saw a person's data: action, hour; newest first, 50 a page."""
    scope = f"accesses of {body.cid}"
    page = actions.of_person(body.cid, cursors.unseal(caller, scope, body.after), _PAGE)
    rows = [
        AccessRow(access.at.isoformat(), access.hospital_code, name, access.by_app, _action(access.action))
        for _, name, access in page
    ]
    return AccessLog(rows, cursors.seal(caller, scope, page[-1][0] if len(page) == _PAGE else ""))


class LookUpsQuery(msgspec.Struct):
    hospital_code: HospitalCode
    login: Login
    after: Cursor = ""


class LookUpRow(msgspec.Struct):
    """A person whom the account was shown within a clock hour by one action.

    by_id: the account asked for the person by national id.
    """

    look_up_id: str
    at: str
    cid_masked: str
    by_id: bool
    action: AccessAction


class LookUpPage(msgspec.Struct):
    """A page. next: send it as `after` for the next page; "" if this is the last."""

    look_ups: list[LookUpRow]
    next: str


@endpoint(
    "GET",
    "/api/accounts/hospitals/{hospital_code}/accounts/{login}/look-ups",
    roles=(ACCOUNT_ADMIN,),
    section="New here",
    thai="บุคคลที่บัญชีนี้ได้ดูข้อมูล ดูอะไร เมื่อใด",
    errors=(HospitalNotFound, AccountNotFound),
    audit_refusal=True,
)
def get_look_ups(caller: Caller, params: LookUpsQuery) -> LookUpPage:
    """The people whom an account was shown, newest hour first, 50 a page; ids masked."""
    scope = f"look-ups of {params.login}@{params.hospital_code}"
    before = cursors.unseal(caller, scope, params.after)
    page = actions.of_account(caller, params.hospital_code, params.login, before, _PAGE)
    following = cursors.seal(caller, scope, page[-1][0] if len(page) == _PAGE else "")
    return LookUpPage([_look_up(mark, access) for mark, access in page], following)


def _look_up(mark: str, access: Access) -> LookUpRow:
    # A mark has the person's hash, which would show that the same person is in the lists of two accounts.
    look_up_id = hashlib.sha256(mark.encode()).hexdigest()[:16]
    return LookUpRow(
        look_up_id, access.at.isoformat(), masked_digits(access.digits), access.by_id, _action(access.action)
    )

"""API of the accounts of a hospital (manual 1.3, 1.4)."""

import msgspec

from chalicelib import clock
from chalicelib.accounts import actions, authorization_rules
from chalicelib.accounts.model import HospitalAccess
from chalicelib.accounts.schemas import (
    AccountPath,
    AccountRow,
    Details,
    GroupIds,
    Login,
    PersonName,
    Roles,
    Search,
    account_row,
)
from chalicelib.audit.schemas import HistoryResponse, LineId, history_response
from chalicelib.auth.rules import lock_end
from chalicelib.auth.schemas import PasswordHash
from chalicelib.caller import ACCOUNT_ADMIN, LEVELS, ROLES, Caller
from chalicelib.endpoint import SIGNED_IN, endpoint
from chalicelib.errors import (
    AccountNotFound,
    EditConflict,
    HospitalNotFound,
    LastAdministrator,
    LoginTaken,
    OutOfReach,
    OwnAccount,
)
from chalicelib.fields import HospitalCode
from chalicelib.hospitals.schemas import HospitalPath, Limit, Offset, Version

ACCOUNTS = "/api/accounts/hospitals/{hospital_code}/accounts"
ACCOUNT = ACCOUNTS + "/{login}"
ADMINISTRATORS = (ACCOUNT_ADMIN,)
CHANGES = (HospitalNotFound, AccountNotFound, EditConflict, OutOfReach, OwnAccount, LastAdministrator)

ROLE_NAMES = {
    "APPOINTMENT_API": ("ใช้งาน MOPH Appointment API", "Use the MOPH Appointment API"),
    "APPOINTMENT_DASHBOARD": ("เข้าถึงข้อมูล Dashboard Appointment", "Appointment dashboard"),
    "IMMUNIZATION_SLOT": ("เข้าถึงข้อมูลตาราง Slot ระบบการฉีด Vaccine", "See the slot tables"),
    "IMMUNIZATION_SLOT_MANAGER": ("จัดการข้อมูลตาราง Slot ระบบการฉีด Vaccine", "Manage the slot tables"),
    "IMMUNIZATION_DASHBOARD": ("ประชาสัมพันธ์และ White list", "Announcements and white list"),
    "ACCOUNT_ADMIN": ("ผู้ดูแลรหัส Login", "Login administrator"),
    "QUEUE_KIOSK": ("ตู้ลงทะเบียนและกดบัตรคิว", "Kiosk for arrivals and tickets"),
}
LEVEL_NAMES = {1: ("หน่วยให้บริการ", "this hospital"), 3: ("จังหวัด", "province"), 5: ("ประเทศ", "country")}


class RoleRow(msgspec.Struct):
    """A role at a level.

    grantable: whether the caller may give and take it in the hospitals that they administer.
    """

    role: str
    role_code: str
    role_name: str
    role_name_en: str
    level: int
    level_name: str
    level_name_en: str
    grantable: bool


@endpoint(
    "GET",
    "/api/accounts/roles",
    roles=SIGNED_IN,
    section="1.4",
    thai="รายการ Role และระดับ",
    audit_refusal=True,
)
def get_roles(caller: Caller) -> list[RoleRow]:
    """Every role at every level, in the order of the manual's figure 5."""
    own = caller.roles.get(ACCOUNT_ADMIN, 0)
    return [
        RoleRow(
            role=f"{code}:{level}",
            role_code=code,
            role_name=ROLE_NAMES[code][0],
            role_name_en=ROLE_NAMES[code][1],
            level=level,
            level_name=LEVEL_NAMES[level][0],
            level_name_en=LEVEL_NAMES[level][1],
            grantable=authorization_rules.may_grant(own, f"{code}:{level}"),
        )
        for code in ROLES
        for level in LEVELS
    ]


class AccountSearch(msgspec.Struct):
    """A search for accounts.

    The search text is in the body, because a URL must not name a person. locked: only accounts that wrong passwords
    have locked.
    """

    search: Search = ""
    locked: bool = False
    offset: Offset = 0
    limit: Limit = 50


class AccountPage(msgspec.Struct):
    """A page of accounts.

    total: how many match in all. locked: how many of them wrong passwords have locked.
    """

    total: int
    locked: int
    accounts: list[AccountRow]


@endpoint(
    "POST",
    "/api/accounts/hospitals/{hospital_code}/account-search",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="ค้นหารายชื่อเจ้าหน้าที่ของหน่วยบริการ",
    errors=(HospitalNotFound,),
    audit_refusal=True,
)
def post_account_search(caller: Caller, params: HospitalPath, body: AccountSearch) -> AccountPage:
    """The accounts of a hospital that match, by login; all if the search is empty."""
    access, accounts = actions.search(caller, params.hospital_code, body.search)
    now = clock.now()
    locked = [account for account in accounts if lock_end(account, now)]
    matches = locked if body.locked else accounts
    page = matches[body.offset : body.offset + body.limit]
    return AccountPage(len(matches), len(locked), [account_row(access, account, now) for account in page])


class NewAccount(msgspec.Struct):
    login: Login
    name: PersonName
    password_hash: PasswordHash
    details: Details = ""
    roles: Roles = []
    groups: GroupIds = []


@endpoint(
    "POST",
    ACCOUNTS,
    roles=ADMINISTRATORS,
    section="1.3",
    thai="เพิ่มเจ้าหน้าที่ พร้อมรหัสผ่านครั้งแรก",
    errors=(HospitalNotFound, LoginTaken, OutOfReach),
    audit_refusal=True,
)
def post_account(caller: Caller, params: HospitalPath, body: NewAccount) -> AccountRow:
    """Add an account with a first password, to be changed at its first sign-in."""
    roles, groups = frozenset(body.roles), frozenset(body.groups)
    access = actions.add_account(
        caller, params.hospital_code, body.login, body.name, body.details, roles, groups, body.password_hash
    )
    return _shown(access, body.login)


@endpoint(
    "GET",
    ACCOUNT,
    roles=ADMINISTRATORS,
    section="1.3",
    thai="แสดงข้อมูลเจ้าหน้าที่และ Role ทั้งหมดที่ได้รับ",
    errors=(HospitalNotFound, AccountNotFound),
    audit_refusal=True,
)
def get_account(caller: Caller, params: AccountPath) -> AccountRow:
    """An account with all its roles and their sources."""
    return _shown(actions.account(caller, params.hospital_code, params.login), params.login)


class EditedAccount(msgspec.Struct):
    version: Version
    name: PersonName
    details: Details
    roles: Roles
    groups: GroupIds


@endpoint(
    "PUT",
    ACCOUNT,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="แก้ไขข้อมูลเจ้าหน้าที่และกำหนด Role",
    errors=CHANGES,
    audit_refusal=True,
)
def put_account(caller: Caller, params: AccountPath, body: EditedAccount) -> AccountRow:
    """Change an account: name, details, the roles given directly, and its groups."""
    roles, groups = frozenset(body.roles), frozenset(body.groups)
    access = actions.edit_account(
        caller, params.hospital_code, params.login, body.version, body.name, body.details, roles, groups
    )
    return _shown(access, params.login)


class SeenVersion(msgspec.Struct):
    version: Version


@endpoint(
    "POST",
    ACCOUNT + "/deactivate",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="ระงับการใช้งานบัญชี",
    errors=CHANGES,
    audit_refusal=True,
)
def post_deactivate(caller: Caller, params: AccountPath, body: SeenVersion) -> AccountRow:
    """Deactivate an account: it cannot sign in, and its tokens end within a minute."""
    return _shown(actions.set_active(caller, params.hospital_code, params.login, body.version, False), params.login)


@endpoint(
    "POST",
    ACCOUNT + "/reactivate",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="เปิดการใช้งานบัญชีอีกครั้ง",
    errors=CHANGES,
    audit_refusal=True,
)
def post_reactivate(caller: Caller, params: AccountPath, body: SeenVersion) -> AccountRow:
    """Let a deactivated account sign in again, with the roles it had."""
    return _shown(actions.set_active(caller, params.hospital_code, params.login, body.version, True), params.login)


class FirstPassword(msgspec.Struct):
    version: Version
    password_hash: PasswordHash


@endpoint(
    "POST",
    ACCOUNT + "/password",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="กำหนดรหัสผ่านใหม่ให้เจ้าหน้าที่ ซึ่งต้องเปลี่ยนเมื่อเข้าใช้ครั้งแรก",
    errors=CHANGES,
    audit_refusal=True,
)
def post_first_password(caller: Caller, params: AccountPath, body: FirstPassword) -> AccountRow:
    """Give an account a new password, to be changed at its next sign-in."""
    access = actions.set_first_password(caller, params.hospital_code, params.login, body.version, body.password_hash)
    return _shown(access, params.login)


@endpoint(
    "POST",
    ACCOUNT + "/unlock",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="ปลดล็อกบัญชีที่ใส่รหัสผ่านผิดหลายครั้ง",
    errors=(HospitalNotFound, AccountNotFound),
    audit_refusal=True,
)
def post_unlock(caller: Caller, params: AccountPath) -> AccountRow:
    """Let an account that wrong passwords have locked sign in again."""
    return _shown(actions.unlock(caller, params.hospital_code, params.login), params.login)


class AccountHistoryQuery(msgspec.Struct):
    hospital_code: HospitalCode
    login: Login
    before: LineId | None = None
    limit: Limit = 50


@endpoint(
    "GET",
    ACCOUNT + "/history",
    roles=ADMINISTRATORS,
    section="1",
    thai="ประวัติการเปลี่ยนแปลงบัญชี ใคร เปลี่ยนอะไร เมื่อไร",
    errors=(HospitalNotFound, AccountNotFound),
    audit_refusal=True,
)
def get_account_history(caller: Caller, params: AccountHistoryQuery) -> list[HistoryResponse]:
    """Changes and refused attempts of an account and its groups, newest first."""
    entries = actions.account_history(caller, params.hospital_code, params.login, params.before, params.limit)
    return [history_response(entry) for entry in entries]


@endpoint(
    "GET",
    ACCOUNT + "/sign-ins",
    roles=ADMINISTRATORS,
    section="1",
    thai="ประวัติการเข้าใช้งานของบัญชี",
    errors=(HospitalNotFound, AccountNotFound),
    audit_refusal=True,
)
def get_sign_ins(caller: Caller, params: AccountHistoryQuery) -> list[HistoryResponse]:
    """An account's sign-ins, wrong passwords, locks and unlocks, newest first."""
    entries = actions.sign_ins(caller, params.hospital_code, params.login, params.before, params.limit)
    return [history_response(entry) for entry in entries]


def _shown(access: HospitalAccess, login: str) -> AccountRow:
    return account_row(access, access.accounts[login], clock.now())

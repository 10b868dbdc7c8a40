"""Accounts of a hospital (manual 1.3, 1.4)."""

import msgspec

from chalicelib import clock
from chalicelib.accounts import access_changes, authorization, rules
from chalicelib.accounts import actions as actions
from chalicelib.accounts.rules import HospitalAccess
from chalicelib.accounts.schemas import (
    AccountPath,
    AccountRow,
    AccountShown,
    Details,
    HistoryResponse,
    HospitalPath,
    Limit,
    LineId,
    Login,
    Offset,
    PasswordHash,
    PersonName,
    Role,
    Search,
    Version,
    account_row,
    account_shown,
    history_line,
)
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
from chalicelib.fields import HospitalCode, Id

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
}
LEVEL_NAMES = {1: ("หน่วยให้บริการ", "this hospital"), 3: ("จังหวัด", "province"), 5: ("ประเทศ", "country")}


class RoleRow(msgspec.Struct):
    """A role at a level. grantable: whether the caller gives and takes it within the hospitals that he reaches."""

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
            grantable=authorization.may_grant(own, f"{code}:{level}"),
        )
        for code in ROLES
        for level in LEVELS
    ]


class AccountSearch(msgspec.Struct):
    """The name stands in the body: no address of ours names a person."""

    search: Search = ""
    offset: Offset = 0
    limit: Limit = 50


class AccountPage(msgspec.Struct):
    """total: how many match in all."""

    total: int
    accounts: list[AccountRow]


@endpoint(
    "POST",
    "/api/accounts/hospitals/{hospital_code}/account-search",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="ค้นหารายชื่อเจ้าหน้าที่ของหน่วยบริการ",
    refusals=(HospitalNotFound,),
)
def post_account_search(caller: Caller, params: HospitalPath, body: AccountSearch) -> AccountPage:
    """The accounts of a hospital that match, by login; all of them where nothing is searched for."""
    hospital_access = access_changes.hospital_access(caller, params.hospital_code, "see_accounts")
    found = [
        account for login, account in sorted(hospital_access.accounts.items()) if rules.matches(account, body.search)
    ]
    page = found[body.offset : body.offset + body.limit]
    return AccountPage(len(found), [account_row(hospital_access, account) for account in page])


class NewAccount(msgspec.Struct):
    login: Login
    name: PersonName
    password_hash: PasswordHash
    details: Details = ""
    roles: list[Role] = []
    groups: list[Id] = []


@endpoint(
    "POST",
    ACCOUNTS,
    roles=ADMINISTRATORS,
    section="1.3",
    thai="เพิ่มเจ้าหน้าที่ พร้อมรหัสผ่านครั้งแรก",
    refusals=(HospitalNotFound, LoginTaken, OutOfReach),
)
def post_account(caller: Caller, params: HospitalPath, body: NewAccount) -> AccountShown:
    """Adds an account with a first password, which it must change at its first sign-in."""
    roles, groups = frozenset(body.roles), frozenset(body.groups)
    hospital_access = actions.add_account(
        caller, params.hospital_code, body.login, body.name, body.details, roles, groups, body.password_hash
    )
    return account_shown(hospital_access, body.login, rules.Attempts(), clock.now())


@endpoint(
    "GET",
    ACCOUNT,
    roles=ADMINISTRATORS,
    section="1.3",
    thai="แสดงข้อมูลเจ้าหน้าที่และ Role ทั้งหมดที่ได้รับ",
    refusals=(HospitalNotFound, AccountNotFound),
)
def get_account(caller: Caller, params: AccountPath) -> AccountShown:
    """An account with all its roles and where each comes from."""
    hospital_access, account, attempts = actions.account(caller, params.hospital_code, params.login)
    return account_shown(hospital_access, account.login, attempts, clock.now())


class EditedAccount(msgspec.Struct):
    version: Version
    name: PersonName
    details: Details
    roles: list[Role]
    groups: list[Id]


@endpoint(
    "PUT",
    ACCOUNT,
    roles=ADMINISTRATORS,
    section="1.4",
    thai="แก้ไขข้อมูลเจ้าหน้าที่และกำหนด Role",
    refusals=CHANGES,
)
def put_account(caller: Caller, params: AccountPath, body: EditedAccount) -> AccountShown:
    """Changes an account: name, details, the roles given directly, and its groups."""
    roles, groups = frozenset(body.roles), frozenset(body.groups)
    return _shown(
        params,
        actions.edit_account(
            caller, params.hospital_code, params.login, body.version, body.name, body.details, roles, groups
        ),
    )


class SeenVersion(msgspec.Struct):
    version: Version


@endpoint(
    "POST",
    ACCOUNT + "/deactivate",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="ระงับการใช้งานบัญชี",
    refusals=CHANGES,
)
def post_deactivate(caller: Caller, params: AccountPath, body: SeenVersion) -> AccountShown:
    """Deactivates an account: no sign-in, and its tokens end within a minute."""
    return _shown(params, actions.set_active(caller, params.hospital_code, params.login, body.version, False))


@endpoint(
    "POST",
    ACCOUNT + "/reactivate",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="เปิดการใช้งานบัญชีอีกครั้ง",
    refusals=CHANGES,
)
def post_reactivate(caller: Caller, params: AccountPath, body: SeenVersion) -> AccountShown:
    """Lets a deactivated account sign in again, with the roles it had."""
    return _shown(params, actions.set_active(caller, params.hospital_code, params.login, body.version, True))


class FirstPassword(msgspec.Struct):
    version: Version
    password_hash: PasswordHash


@endpoint(
    "POST",
    ACCOUNT + "/password",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="กำหนดรหัสผ่านใหม่ให้เจ้าหน้าที่ ซึ่งต้องเปลี่ยนเมื่อเข้าใช้ครั้งแรก",
    refusals=CHANGES,
)
def post_first_password(caller: Caller, params: AccountPath, body: FirstPassword) -> AccountShown:
    """Gives an account a new password, which it must change at its next sign-in."""
    return _shown(
        params,
        actions.set_first_password(caller, params.hospital_code, params.login, body.version, body.password_hash),
    )


@endpoint(
    "POST",
    ACCOUNT + "/unlock",
    roles=ADMINISTRATORS,
    section="1.3",
    thai="ปลดล็อกบัญชีที่ใส่รหัสผ่านผิดหลายครั้ง",
    refusals=(HospitalNotFound, AccountNotFound, OutOfReach, OwnAccount),
)
def post_unlock(caller: Caller, params: AccountPath) -> AccountShown:
    """Lets an account that wrong passwords have locked sign in again."""
    return _shown(params, actions.unlock(caller, params.hospital_code, params.login))


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
    refusals=(HospitalNotFound, AccountNotFound),
)
def get_account_history(caller: Caller, params: AccountHistoryQuery) -> list[HistoryResponse]:
    """Who changed what on an account and on the groups it is in now, newest first; refused attempts too."""
    lines = actions.account_history(caller, params.hospital_code, params.login, params.before, params.limit)
    return [history_line(line) for line in lines]


@endpoint(
    "GET",
    ACCOUNT + "/sign-ins",
    roles=ADMINISTRATORS,
    section="1",
    thai="ประวัติการเข้าใช้งานของบัญชี",
    refusals=(HospitalNotFound, AccountNotFound),
)
def get_sign_ins(caller: Caller, params: AccountHistoryQuery) -> list[HistoryResponse]:
    """An account's sign-ins, wrong passwords, locks and unlocks, newest first."""
    lines = actions.sign_ins(caller, params.hospital_code, params.login, params.before, params.limit)
    return [history_line(line) for line in lines]


def _shown(params: AccountPath, hospital_access: HospitalAccess) -> AccountShown:
    attempts = actions.attempts(params.hospital_code, params.login)
    return account_shown(hospital_access, params.login, attempts, clock.now())

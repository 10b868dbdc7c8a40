"""The token on the wire (wire contract, Token), and one's own password."""

from typing import Annotated

import msgspec

from chalicelib.accounts.schemas import PasswordHash
from chalicelib.auth import actions
from chalicelib.caller import Caller
from chalicelib.endpoint import EVERYONE, SIGNED_IN, endpoint
from chalicelib.errors import SignInFailed, SignInLocked
from chalicelib.fields import HospitalCode, text


class SignIn(msgspec.Struct):
    user: Annotated[str, text(100, "login", shortest=1, example="his.demo")]
    password_hash: Annotated[str, text(128, "hex of HMAC-SHA256(key `$jwt@moph#`, password), either case", shortest=1)]
    hospital_code: HospitalCode


@endpoint(
    "POST",
    "/token",
    action="get_moph_access_token",
    roles=EVERYONE,
    section="Token",
    thai="ขอ token สำหรับใช้งาน API",
    refusals=(SignInFailed, SignInLocked),
    params_anywhere=True,
    plain=True,
)
def post_token(params: SignIn) -> str:
    """A token, as a bare JWT. The three fields may come in the query, a JSON body or a form."""
    return actions.sign_in(params.user, params.password_hash, params.hospital_code)


@endpoint(
    "GET",
    "/token",
    action="get_moph_access_token",
    roles=EVERYONE,
    section="Token",
    thai="ขอ token สำหรับใช้งาน API",
    refusals=(SignInFailed, SignInLocked),
    plain=True,
)
def get_token(params: SignIn) -> str:
    """A token, as a bare JWT; the older form with everything in the query."""
    return actions.sign_in(params.user, params.password_hash, params.hospital_code)


@endpoint(
    "GET",
    "/token",
    action="get_public_key",
    roles=EVERYONE,
    section="Token",
    thai="ขอ public key สำหรับตรวจสอบ token",
    plain=True,
)
def get_public_key() -> str:
    """The public key that verifies tokens, PEM."""
    return actions.public_key()


class OwnPassword(msgspec.Struct):
    password_hash: PasswordHash
    new_password_hash: PasswordHash


class PasswordChanged(msgspec.Struct):
    login: str
    must_change_password: bool


@endpoint(
    "POST",
    "/api/accounts/password",
    roles=SIGNED_IN,
    section="1",
    thai="เปลี่ยนรหัสผ่านของตนเอง",
    refusals=(SignInLocked,),
    first_password=True,
)
def post_own_password(caller: Caller, body: OwnPassword) -> PasswordChanged:
    """Changes one's own password; the present one must be right, and counts as a failed sign-in where it is not."""
    actions.change_own_password(caller, body.password_hash, body.new_password_hash)
    return PasswordChanged(caller.login, False)

"""API of the token (wire contract, Token) and of one's own password."""

from chalicelib.auth import actions
from chalicelib.auth.schemas import OwnPassword, PasswordChanged, SignIn
from chalicelib.caller import Caller
from chalicelib.endpoint import EVERYONE, SIGNED_IN, ClientAddress, endpoint
from chalicelib.errors import SignInFailed, SignInLocked


@endpoint(
    "POST",
    "/token",
    action="get_moph_access_token",
    roles=EVERYONE,
    section="Token",
    thai="ขอ token สำหรับใช้งาน API",
    errors=(SignInFailed, SignInLocked),
    params_anywhere=True,
    plain=True,
)
def post_token(params: SignIn, address: ClientAddress) -> str:
    """A token, as a bare JWT.

    The three fields may come in the query, a JSON body or a form.
    """
    return actions.sign_in(params.user, params.password_hash, params.hospital_code, address)


@endpoint(
    "GET",
    "/token",
    action="get_moph_access_token",
    roles=EVERYONE,
    section="Token",
    thai="ขอ token สำหรับใช้งาน API",
    errors=(SignInFailed, SignInLocked),
    plain=True,
)
def get_token(params: SignIn, address: ClientAddress) -> str:
    """A token, as a bare JWT; the older form with everything in the query."""
    return actions.sign_in(params.user, params.password_hash, params.hospital_code, address)


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


@endpoint(
    "POST",
    "/api/accounts/password",
    roles=SIGNED_IN,
    section="1",
    thai="เปลี่ยนรหัสผ่านของตนเอง",
    errors=(SignInLocked,),
    first_password=True,
)
def post_own_password(caller: Caller, body: OwnPassword, address: ClientAddress) -> PasswordChanged:
    """Change one's own password, which ends all tokens of the account.

    A wrong present password counts as a failed sign-in.
    """
    actions.change_own_password(caller, body.password_hash, body.new_password_hash, address)
    return PasswordChanged(caller.login, False)

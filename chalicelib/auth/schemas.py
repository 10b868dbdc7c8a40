"""Request and response types of the sign-in and of one's own password."""

from typing import Annotated

import msgspec

from chalicelib.fields import HospitalCode, shaped, text

PasswordHash = Annotated[
    str,
    shaped(
        "[0-9A-Fa-f]{64}",
        "hex of HMAC-SHA256(key `$jwt@moph#`, password), either case; never the password itself",
        "send the 64 hex digits of HMAC-SHA256(key `$jwt@moph#`, password)",
        "A055B6DBB80A02C97EA5DFE2AB6AFD2C90DCA6769AEC92A5756D71EB4A3C6EC1",
    ),
]


class SignIn(msgspec.Struct):
    user: Annotated[str, text(100, "login", shortest=1, example="his.demo")]
    password_hash: Annotated[str, text(128, "hex of HMAC-SHA256(key `$jwt@moph#`, password), either case", shortest=1)]
    hospital_code: HospitalCode


class OwnPassword(msgspec.Struct):
    password_hash: PasswordHash
    new_password_hash: PasswordHash


class PasswordChanged(msgspec.Struct):
    login: str
    must_change_password: bool

"""The token: a JWT, RS512, signed by KMS, verified here (wire contract, Token).

The private keys never leave KMS. Of the keys in the deployment's settings, the first signs and all verify; a token's
`kid` names its key. So no token becomes invalid when the signing key changes (docs/operations.md, Rotating the token
key). Each process fetches the public keys once; after that, verifying a token needs no request.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from chalicelib import aws, clock
from chalicelib.caller import Caller
from chalicelib.errors import Unauthenticated
from chalicelib.settings import settings

ISSUER, AUDIENCE, ALGORITHM = "MOPH Account Center", "MOPH API", "RS512"
LIFETIME = timedelta(hours=3)
_KMS_ALGORITHM = "RSASSA_PKCS1_V1_5_SHA_512"


@cache
def _kms() -> Any:
    return aws.client("kms", read_timeout=3, attempts=2)


@dataclass(frozen=True)
class _Key:
    """A KMS key: its id, which is the `kid` of its tokens, and the public key."""

    kid: str
    public: RSAPublicKey


@cache
def _fetch(name: str) -> _Key:
    """A key by id or alias. One request per process."""
    response = _kms().get_public_key(KeyId=name)
    public = serialization.load_der_public_key(response["PublicKey"])
    if not isinstance(public, RSAPublicKey):
        raise TypeError("the token key is not an RSA key")
    return _Key(response["KeyId"].rsplit("/", 1)[-1], public)


def _signing_key() -> _Key:
    return _fetch(settings().token_keys[0])


def _verifying_key(kid: object) -> RSAPublicKey:
    """The key with this id among those in the settings.

    A `kid` from a token is never sent to KMS.
    """
    for name in settings().token_keys:
        key = _fetch(name)
        if key.kid == kid:
            return key.public
    raise Unauthenticated()


class _SignedByKms(RSAAlgorithm):
    """PyJWT's RS512 with the signature made by KMS.

    The message type is RAW, because a token is shorter than KMS's limit of 4,096 bytes.
    """

    def __init__(self) -> None:
        super().__init__(RSAAlgorithm.SHA512)

    def prepare_key(self, key: Any) -> Any:
        return key

    def check_key_length(self, key: Any) -> None:
        """Check nothing: the template's KeySpec sets the length."""

    def sign(self, msg: bytes, key: Any) -> bytes:
        signature: bytes = _kms().sign(KeyId=key, Message=msg, MessageType="RAW", SigningAlgorithm=_KMS_ALGORITHM)[
            "Signature"
        ]
        return signature


@cache
def _signer() -> jwt.PyJWS:
    signer = jwt.PyJWS(algorithms=[])
    signer.register_algorithm(ALGORITHM, _SignedByKms())
    return signer


def public_key() -> str:
    """The public key that belongs to the present signing key, PEM.

    Raises TryAgain if KMS is busy.
    """
    pem = _signing_key().public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return pem.decode()


def issue(claims: dict[str, Any], now: datetime) -> str:
    """A signed token with the claims, valid for three hours from `now`.

    Raises TryAgain if KMS is busy.
    """
    payload = {
        **claims,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFETIME).timestamp()),
        "iss": ISSUER,
        "aud": AUDIENCE,
    }
    kid = _signing_key().kid
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
    return _signer().encode(body, kid, algorithm=ALGORITHM, headers={"kid": kid, "typ": "JWT"})


def claims_for(caller: Caller, user_id: int) -> dict[str, Any]:
    """The claims of the wire contract for an account."""
    scopes = [f"{code}:{level}" for code, level in sorted(caller.roles.items())]
    return {
        "sub": caller.actor,
        "client": {
            "user_id": user_id,
            "login": caller.login,
            "name": caller.name,
            "hospital_name": caller.hospital_name,
            "hospital_code": caller.hospital_code,
            "province_code": caller.province_code,
            "scope": [{"code": scope} for scope in scopes],
            "role": ["moph-api"],
            "scope_list": "".join(f"[{scope}]" for scope in scopes),
            "access_code_level1": f"'{caller.hospital_code}'",
            "must_change_password": caller.must_change_password,
            "token_version": caller.token_version,
        },
    }


def read(authorization: str) -> Caller:
    """The caller in an Authorization header.

    authorization: `Bearer <jwt>`, in any case of the word, or the token alone. Raises Unauthenticated unless the token
    was signed by one of our keys and is still valid. Algorithm, issuer and audience are fixed.
    """
    word, _, rest = authorization.strip().partition(" ")
    token = rest.strip() if word.lower() == "bearer" else authorization.strip()
    if not token:
        raise Unauthenticated()
    try:
        caller, expires = _verified(token)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError):
        raise Unauthenticated() from None
    if clock.now().timestamp() >= expires:
        raise Unauthenticated(
            "The token has expired. Ask for a new one and try once more.",
            "token หมดอายุ กรุณาขอ token ใหม่แล้วลองอีกครั้ง",
        )
    return caller


@lru_cache(maxsize=1024)
def _verified(token: str) -> tuple[Caller, float]:
    """The caller, and when the token expires (seconds since 1970).

    Cached, because a client sends the same token for hours and verifying it takes a fifth of a look-up's CPU. Errors
    are not cached.
    """
    claims = jwt.decode(
        token,
        _verifying_key(jwt.get_unverified_header(token).get("kid")),
        algorithms=[ALGORITHM],
        audience=AUDIENCE,
        issuer=ISSUER,
        options={"require": ["exp", "iat", "sub", "aud", "iss"], "verify_exp": False, "verify_iat": False},
    )
    return _caller(claims["client"]), float(claims["exp"])


def _caller(client: dict[str, Any]) -> Caller:
    return Caller(
        login=client["login"],
        hospital_code=client["hospital_code"],
        hospital_name=client["hospital_name"],
        province_code=client.get("province_code", ""),
        name=client["name"],
        roles=dict(_role(scope["code"]) for scope in client["scope"]),
        must_change_password=bool(client.get("must_change_password", False)),
        token_version=int(client.get("token_version", 0)),
    )


def _role(scope: str) -> tuple[str, int]:
    code, level = scope.split(":")
    return code, int(level)

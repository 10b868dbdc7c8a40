"""Password hashes of clients, and stored verifiers (wire contract, Token)."""

import hashlib
import hmac
import os

# The vendor's public key: clients send HMAC-SHA256(this, password) in hexadecimal.
PASSWORD_HASH_KEY = b"$jwt@moph#"

_SCRYPT_N, _SCRYPT_R, _SCRYPT_P = 2**14, 8, 1


def password_hash(password: str) -> str:
    """The hash that a client sends for a password: HMAC-SHA256, upper-case hex.

    The key is public, so the hash must be kept as secret as the password.
    """
    return hmac.new(PASSWORD_HASH_KEY, password.encode(), hashlib.sha256).hexdigest().upper()


def new_verifier(sent_hash: str) -> str:
    """The verifier that is stored for a password: `scrypt$salt$key`.

    sent_hash: hex digits in any case.
    """
    salt = os.urandom(16)
    return f"scrypt${salt.hex()}${_scrypt(sent_hash, salt).hex()}"


def verify(sent_hash: str, verifier: str) -> bool:
    """Return whether the password is right.

    Always computes one scrypt, so that the time reveals nothing.
    """
    _, salt, key = verifier.split("$")
    return hmac.compare_digest(_scrypt(sent_hash, bytes.fromhex(salt)), bytes.fromhex(key))


def _scrypt(sent_hash: str, salt: bytes) -> bytes:
    return hashlib.scrypt(sent_hash.upper().encode(), salt=salt, n=_SCRYPT_N, r=_SCRYPT_R, p=_SCRYPT_P, dklen=32)


# Used if the login does not exist, so that the answer takes the same time. No password has a key of zeros; a constant
# saves one scrypt at each cold start.
UNKNOWN_LOGIN_VERIFIER = f"scrypt${'00' * 16}${'00' * 32}"

"""Passwords that attackers try first.

The API gets only hashes, so each of the passwords is hashed and compared.
"""

from collections.abc import Iterator

from chalicelib.auth.passwords import password_hash

_WORDS = (
    "",
    "a",
    "aa",
    "abc",
    "abcd",
    "admin",
    "administrator",
    "asdf",
    "asdfgh",
    "bangkok",
    "changeme",
    "clinic",
    "default",
    "demo",
    "doctor",
    "guest",
    "hello",
    "hospital",
    "iloveyou",
    "letmein",
    "login",
    "master",
    "moph",
    "mohprompt",
    "nurse",
    "p@ssw0rd",
    "p@ssword",
    "pass",
    "passw0rd",
    "password",
    "q1w2e3r4",
    "qazwsx",
    "qwer",
    "qwerty",
    "qwertyuiop",
    "root",
    "sawasdee",
    "secret",
    "system",
    "temp",
    "test",
    "thai",
    "thailand",
    "user",
    "welcome",
    "zaq12wsx",
    "รหัสผ่าน",
    "โรงพยาบาล",
    "สวัสดี",
)
_ENDINGS = (
    "",
    "1",
    "12",
    "123",
    "1234",
    "12345",
    "123456",
    "1234567",
    "12345678",
    "123456789",
    "1234567890",
    "@123",
    "!",
)
_YEARS = tuple(str(year) for year in (*range(2020, 2031), *range(2563, 2574)))
_LONG_NUMBERS = ("0123456789", "0987654321", "987654321", "87654321", "7654321", "654321", "112233", "121212", "123123",
                 "123321", "147258369", "159753", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qazxsw2")  # fmt: skip


def is_common(sent_hash: str, login: str, hospital_code: str) -> bool:
    """Return whether a password is easy to guess.

    It is if it is one of the most common ones, a short number, or made of the login or the hospital code.
    """
    wanted = sent_hash.upper()
    return any(password_hash(candidate) == wanted for candidate in _candidates(login, hospital_code))


def _candidates(login: str, hospital_code: str) -> Iterator[str]:
    own = (login, *login.replace("-", ".").replace("_", ".").split("."), hospital_code)
    for word in (*_WORDS, *own):
        for written in {word, word.capitalize(), word.upper()}:
            for ending in (*_ENDINGS, *_YEARS):
                yield written + ending
    yield from _LONG_NUMBERS
    for digits in range(1, 5):
        yield from (str(number).zfill(digits) for number in range(10**digits))
    for length in range(5, 13):
        yield from (digit * length for digit in "0123456789")

"""Find what names a person in a text.

That is national ids, names and telephone numbers of the demo data's people, and tokens.
"""

import re

from chalicelib.fields import check_digit
from infra.local import demo

_THIRTEEN_DIGITS = re.compile(r"(?<![0-9a-f-])\d{13}(?![0-9a-f-])")
_PHONE = re.compile(r"(?<![0-9a-f-])0\d\d-\d{7}(?![0-9a-f-])")
_TOKEN = re.compile(r"eyJ[A-Za-z0-9_-]{10,}")
# First names of the demo data, and the whole name that the tests' bookings have.
_NAMES = [person.first_name for person in demo.PEOPLE] + ["ทดสอบ ระบบ"]


def people_in(text: str) -> list[str]:
    """Every part of the text that may be a person or a token."""
    ids = [digits for digits in _THIRTEEN_DIGITS.findall(text) if _is_national_id(digits)]
    names = [name for name in _NAMES if name in text]
    return [*ids, *names, *_PHONE.findall(text), *_TOKEN.findall(text)]


def _is_national_id(digits: str) -> bool:
    return digits[0] in "09" or int(digits[12]) == check_digit(digits)

"""Encode and decode the code on an appointment slip (manual 2.5). Pure.

The code contains a place and the appointment's random check code, and nothing about the person. It has four groups of
five letters and digits: short enough for a QR code and for reading aloud.
"""

from chalicelib.typed_codes import read_code

# Crockford's alphabet: no I, L, O or U.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKE = str.maketrans("OIL", "011")
_BITS = (17, 31, 20, 32)  # hospital code, schedule_id, place, check code


def code(hospital_code: str, schedule_id: int, place: int, check_code: str) -> str:
    """The slip code of a place. check_code: eight hexadecimal digits."""
    number = 0
    for value, bits in zip((int(hospital_code), schedule_id, place, int(check_code, 16)), _BITS, strict=True):
        number = number << bits | value
    letters = "".join(_ALPHABET[number >> shift & 31] for shift in range(95, -1, -5))
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


def read(text: str) -> tuple[str, int, int, str] | None:
    """Decode a slip code into (hospital code, schedule_id, place, check code).

    None if the text cannot be a slip code. It may be typed or scanned in any form that `typed_codes` reads. O, I and L,
    which no code contains, are read as the digits that look like them.
    """
    letters = read_code(text).translate(_LOOK_ALIKE)
    if len(letters) != 20 or not set(letters) <= set(_ALPHABET):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    parts = []
    for bits in reversed(_BITS):
        parts.append(number & (1 << bits) - 1)
        number >>= bits
    check, place, schedule_id, hospital = parts
    return f"{hospital:05d}", schedule_id, place, f"{check:08x}"

"""Read ids and codes that people type, paste, dictate or scan. Pure.

`dashboard/src/typed-code.ts` has the same rules; both are tested with tests/typed_codes.json.
"""

import re
import unicodedata

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# The Thai keyboard (Kedmanee): which key of a Latin keyboard types which letter, without and with Shift. A scanner
# presses keys, so it types these letters if the computer is set to Thai.
_LATIN_KEYS = "1234567890-=qwertyuiop[]asdfghjkl;'zxcvbnm,./!@#$%^&*()_+QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>?"
_THAI_KEYS = (
    "ๅ/-ภถ\u0e38\u0e36คตจขชๆไ\u0e33พะ\u0e31\u0e35รนยบลฟหกดเ\u0e49\u0e48าสวงผปแอ\u0e34\u0e37ทมใฝ"
    '+๑๒๓๔\u0e39฿๕๖๗๘๙๐"ฎฑธ\u0e4d\u0e4aณฯญฐ,ฤฆฏโฌ\u0e47\u0e4bษศซ.()ฉฮ\u0e3a\u0e4c?ฒฬฦ'
)
_FROM_THAI_KEYS = str.maketrans(_THAI_KEYS, _LATIN_KEYS)
_THAI_LETTER = re.compile("[\u0e01-\u0e4e]")
_SEPARATORS = frozenset("\t\r\n.,;:'\"=_·•‘’“”\u2212")


def read_code(text: str) -> str:
    """The letters and digits of an id or a code, as capital letters and ASCII digits.

    Blanks, dashes, other separators and characters without a width are dropped. Thai and full-width digits become
    ASCII digits. A text of Thai letters without a Latin one was typed with the keyboard set to Thai, and is read as the
    keys that were pressed. What is left is not checked.
    """
    if _THAI_LETTER.search(text) and not re.search("[A-Za-z]", text):
        text = text.translate(_FROM_THAI_KEYS)
    text = unicodedata.normalize("NFKC", text.translate(_THAI_DIGITS)).upper()
    return "".join(letter for letter in text if not _is_separator(letter))


def _is_separator(letter: str) -> bool:
    # Blanks, dashes, format characters such as the zero-width space.
    category = unicodedata.category(letter)
    return category[0] == "Z" or category in ("Pd", "Cf") or letter in _SEPARATORS

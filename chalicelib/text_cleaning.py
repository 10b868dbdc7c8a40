"""Clean and compare text that people and systems send. Pure.

`clean` is the only rule for what may be stored: names, titles, comments, addresses and messages go through it.
`comparable` is the only rule for what counts as the same text: in searches, for names that must differ, in imports. A
text is stored as it was typed.
"""

import re
import unicodedata

_LINE_END = re.compile("\r\n|[\r\u0085\u2028\u2029]")
# C0 and C1 without tab and line feed; and code points that are no characters.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufffe\uffff]")
# They change the direction of the text after them, so that it reads differently from what is stored.
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Language tags and annotations: text that no screen shows.
_HIDDEN = re.compile("[\ufff9-\ufffb\U000e0000-\U000e007f]")
# No width, and no meaning of their own: soft hyphen, zero-width space, joiners, marks, byte order mark.
_ZERO_WIDTH = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u2060-\u2065\u206a-\u206f\ufeff]")
# A zero-width joiner between two symbols is a part of an emoji.
_EMOJI_JOINER = re.compile(
    "(?<=[\u2600-\u27bf\ufe0f\U0001f000-\U0001faff])\u200d(?=[\u2600-\u27bf\U0001f000-\U0001faff])"
)
# Letters and symbols that are not visible: fillers of Hangul, the empty braille pattern.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")
# A gateway or a decoder puts this in the place of bytes that it could not read.
_LOST = "\ufffd"
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
# Vowels, tones and other signs above and below a consonant: the order in which they were typed cannot be seen.
_THAI_SIGNS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]{2,}")
_FIRST_THAI_TONE = "\u0e48"
_NIKHAHIT = "\u0e4d"


class UncleanText(ValueError):
    """The reason why a text is refused: English as the message, Thai as `thai`."""

    def __init__(self, english: str, thai: str) -> None:
        super().__init__(english)
        self.thai = thai


def clean(text: str, *, lines: bool = False) -> str:
    """The text as it is stored: trimmed, without characters of no width.

    lines: line breaks and tabs are allowed; every kind of line break becomes a line feed. Raises UncleanText for
    controls, characters that turn the direction of the text, hidden characters, lost letters, and a text of which
    nothing is visible. An empty text stays empty.
    """
    if text.isascii() and text.isprintable():
        return text.strip()
    if lines:
        text = _LINE_END.sub("\n", text)
    text = text.strip(" \t\r\n")
    if not lines and re.search("[\t\r\n]", text):
        raise UncleanText("line breaks and tabs are not allowed here", "ห้ามขึ้นบรรทัดใหม่หรือใช้แท็บในช่องนี้")
    if _CONTROL.search(text):
        raise UncleanText("control characters are not allowed", "มีอักขระควบคุมที่มองไม่เห็น")
    if _HALF_OF_A_PAIR.search(text):
        raise UncleanText("half a surrogate pair is no character; send valid Unicode", "มีอักขระที่ไม่สมบูรณ์")
    if _LOST in text:
        raise UncleanText("a letter was lost on the way; send UTF-8", "มีตัวอักษรที่อ่านไม่ได้ กรุณาบันทึกเป็น UTF-8")
    if _DIRECTION.search(text):
        raise UncleanText("characters that turn the direction of text are not allowed", "มีอักขระที่กลับทิศทางข้อความ")
    if _HIDDEN.search(text):
        raise UncleanText("hidden characters are not allowed", "มีอักขระที่ซ่อนอยู่")
    text = _without_zero_width(text).strip()
    if text and not any(_is_visible(letter) for letter in text):
        raise UncleanText("nothing of this is visible", "ข้อความนี้ไม่มีตัวอักษรที่มองเห็นได้")
    return text


def without_invisible(text: str) -> str:
    """The text without the characters that `clean` refuses or drops.

    Line breaks and tabs stay. For text inside HTML, in which a character reference may stand for any character.
    """
    for unwanted in (_CONTROL, _DIRECTION, _HIDDEN, _HALF_OF_A_PAIR):
        text = unwanted.sub("", text)
    return _without_zero_width(text).replace(_LOST, "")


def comparable(text: str) -> str:
    """The form of a text for comparison.

    Two texts have the same form if a reader takes them for the same. There is one form for ำ and ํา, แ and เเ, Thai and
    other digits, full-width letters, capital and small letters, and every order of signs on a consonant. Characters of
    no width are left out, and several blanks become one.
    """
    step = _closer_to_comparable(text)
    # Sorted signs can come beside signs of another script, and are then sorted again. The text never gets longer.
    while step != text:
        text, step = step, _closer_to_comparable(step)
    return text


def _closer_to_comparable(text: str) -> str:
    text = unicodedata.normalize("NFKC", _without_zero_width(text)).lower()
    text = unicodedata.normalize("NFKC", text.translate(_THAI_DIGITS))  # some scripts need it again after lower()
    text = _THAI_SIGNS.sub(lambda signs: "".join(sorted(set(signs[0]), key=_sign_order)), text)
    return " ".join(text.replace("เเ", "แ").split())


def same(text: str, other: str) -> bool:
    """Return whether a reader takes the two texts for the same."""
    return comparable(text) == comparable(other)


def _sign_order(sign: str) -> tuple[bool, str]:
    """Sort key: vowels and the ring of ำ before tones and ์."""
    return _FIRST_THAI_TONE <= sign < _NIKHAHIT, sign


def _without_zero_width(text: str) -> str:
    if not _ZERO_WIDTH.search(text):
        return text
    return "\u200d".join(_ZERO_WIDTH.sub("", part) for part in _EMOJI_JOINER.split(text))


def _is_visible(letter: str) -> bool:
    # Letters, numbers, punctuation and symbols. A mark without a letter does not count as visible.
    return unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK

"""Rules of the searches for people by name or telephone. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib import text_cleaning
from chalicelib.errors import Invalid
from chalicelib.typed_codes import read_code

_FEWEST_LETTERS, _FEWEST_DIGITS = 2, 4


@dataclass(frozen=True)
class SearchWords:
    """Search terms: digits of a telephone, or parts of a name in comparable form."""

    digits: str = ""
    names: tuple[str, ...] = ()


def read_words(typed: str) -> SearchWords:
    """Parse the typed search terms. Raises Invalid if they are too short."""
    text, code = text_cleaning.comparable(typed), read_code(typed)
    if code.isascii() and code.isdigit() and any(letter.isdigit() for letter in text):
        if len(code) < _FEWEST_DIGITS:
            raise Invalid(fields={"words": f"send at least {_FEWEST_DIGITS} digits of the telephone number"})
        return SearchWords(digits=code)
    names = tuple(text.split())
    if sum(map(len, names)) < _FEWEST_LETTERS:
        raise Invalid(fields={"words": f"send at least {_FEWEST_LETTERS} letters of the name"})
    return SearchWords(names=names)


def is_wanted_person(words: SearchWords, names: Iterable[str], telephones: Iterable[str]) -> bool:
    """Whether one of the telephones has the digits, or one of the names every part."""
    if words.digits:
        return any(words.digits in read_code(telephone) for telephone in telephones)
    return any(_has_all(name, words.names) for name in names)


def _has_all(name: str, parts: Iterable[str]) -> bool:
    """Whether every part is found in the name.

    The last word must begin with a part; in the words before it a part may be anywhere, because a title is joined to
    the first name and may have a blank itself ("ว่าที่ ร.ต.สมศรี ใจดี").
    """
    first, *others = text_cleaning.comparable(name).split() or [""]
    joined = (first, *others[:-1])
    return all(any(part in word for word in joined) or (others and others[-1].startswith(part)) for part in parts)

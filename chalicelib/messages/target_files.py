"""Reading of target files: one national id a line, in the encodings that hospitals use (manual 3). Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_FILE_LINES = 1_000_000
_MAX_LINE_BYTES = 200
_TOO_LONG = "too long"

_FROM_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_IGNORED = str.maketrans("", "", " \t-–—.\u00a0\u200b\u200c\u200d\ufeff\"',;")


@dataclass(frozen=True)
class TargetLine:
    """One line of the file. number: from 1. text: the cleaned line. next_offset: byte where the next line begins."""

    number: int
    text: str
    next_offset: int


def target_lines(blocks: Iterable[bytes], offset: int = 0, number: int = 1) -> Iterator[TargetLine]:
    """Split a stream of bytes into lines, in bounded memory.

    The stream begins at byte `offset` of the file with line `number`. Accepts UTF-8 with or without BOM and TIS-620,
    decided for each line; LF and CRLF; Thai digits. Blanks, dashes and quotes are dropped. A line that is too long to
    be an id becomes "too long"; so does a whole file without line ends.
    """
    rest = b""
    skipping = False
    for block in blocks:
        rest += block
        *complete, rest = rest.split(b"\n")
        for raw in complete:
            offset += len(raw) + 1
            yield TargetLine(number, _TOO_LONG if skipping else clean(raw), offset)
            skipping = False
            number += 1
        if len(rest) > _MAX_LINE_BYTES:
            skipping = True
            offset += len(rest)
            rest = b""
    if rest or skipping:
        yield TargetLine(number, _TOO_LONG if skipping else clean(rest), offset + len(rest))


def clean(raw: bytes) -> str:
    """The text of one line without separators, Thai digits as ASCII digits."""
    if len(raw) > _MAX_LINE_BYTES:
        return _TOO_LONG
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        # Windows writes Thai in cp874; its digits are TIS-620's. A line with other bytes is not an id either way.
        text = raw.decode("cp874", "replace")
    return text.strip().translate(_IGNORED).translate(_FROM_THAI_DIGITS)


def is_utf16(head: bytes) -> bool:
    """Whether the beginning of a file is UTF-16, which Notepad calls "Unicode"; no line of it could be read."""
    return head[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in head

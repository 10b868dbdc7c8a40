"""Read target files: one person a line (manual 3). Pure.

The encodings are those that hospitals use. A line is a national id, or a line of a CSV that has exactly one in its
cells.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from chalicelib.typed_codes import read_code

MAX_FILE_LINES = 1_000_000
HEAD_BYTES = 64
SINGLE_BYTES = "latin-1"  # one byte a character; the line's real encoding is decided later
_MAX_LINE_LENGTH = 2_000  # of a CSV with names and addresses
_SEPARATOR = re.compile("[,;|\t]")
_LINE_END = re.compile("(\r\n|\r|\n)")
_TOO_LONG = "too long"


@dataclass(frozen=True)
class TargetLine:
    """One line of a file, or one row of another source.

    number: from 1. text: the cleaned line, or the id. next_offset: byte where the next line begins, or the days done.
    position: `SourceRow.position`.
    """

    number: int
    text: str
    next_offset: int
    position: str = ""


def target_lines(
    blocks: Iterable[bytes], offset: int = 0, number: int = 1, encoding: str = SINGLE_BYTES
) -> Iterator[TargetLine]:
    """Split a stream of bytes into lines, in bounded memory.

    The stream begins at byte `offset` of the file with line `number`. encoding: `encoding_of` the file's beginning;
    without UTF-16, UTF-8 and TIS-620 are decided for each line. Line ends are LF, CRLF and CR. A line that is too long
    to be an id becomes "too long"; so does a whole file without line ends.
    """
    width = 1 if encoding == SINGLE_BYTES else 2
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    rest = ""
    dropped = 0  # characters of the current line that were dropped because it is too long
    for block in chain(blocks, [b""]):
        rest += decoder.decode(block, final=not block)
        if block and rest.endswith("\r"):
            rest, held_back = rest[:-1], "\r"  # its line feed may be in the next block
        else:
            held_back = ""
        *ended, rest = _LINE_END.split(rest)
        for text, line_end in zip(ended[::2], ended[1::2], strict=True):
            offset += width * (dropped + _units(text) + len(line_end))
            yield TargetLine(number, _TOO_LONG if dropped else clean(text, encoding), offset)
            dropped = 0
            number += 1
        if len(rest) > _MAX_LINE_LENGTH:
            dropped += _units(rest)
            rest = ""
        rest += held_back
    if rest or dropped:
        text = _TOO_LONG if dropped else clean(rest, encoding)
        yield TargetLine(number, text, offset + width * (dropped + _units(rest)))


def _units(text: str) -> int:
    """Code units of the text: a character beyond U+FFFF takes two in UTF-16."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def clean(text: str, encoding: str = SINGLE_BYTES) -> str:
    """The id of a line, as `read_code` reads it; without one, the line's content.

    With SINGLE_BYTES a character is a byte of the file.
    """
    if len(text) > _MAX_LINE_LENGTH:
        return _TOO_LONG
    if encoding == SINGLE_BYTES:
        raw = text.encode(SINGLE_BYTES)
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            # Windows writes Thai in cp874; its digits are TIS-620's. A line with other bytes is not an id either way.
            text = raw.decode("cp874", "replace")
    code = read_code(text)
    if _is_id(code):
        return code  # also "1,234,567,890,121", as a spreadsheet writes a number
    ids = [cell for cell in map(read_code, _SEPARATOR.split(text)) if _is_id(cell)]
    return ids[0] if len(ids) == 1 else code


def _is_id(code: str) -> bool:
    return len(code) == 13 and code.isascii() and code.isdigit()


def encoding_of(head: bytes) -> str:
    """The encoding of a file by its first bytes: SINGLE_BYTES or UTF-16.

    Notepad calls UTF-16 "Unicode".
    """
    if head.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if head.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    # Without a mark, every second byte is that of Latin (0x00) or Thai (0x0e), which no text in single bytes has.
    high_bytes = [sum(byte in b"\x00\x0e" for byte in head[start::2]) for start in (0, 1)]
    if max(high_bytes) * 4 < len(head) or not head:
        return SINGLE_BYTES
    return "utf-16-le" if high_bytes[1] > high_bytes[0] else "utf-16-be"

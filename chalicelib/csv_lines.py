"""Read one line of a CSV as spreadsheets of any country save it. Pure."""

import csv
import re

# Control characters are not blanks: a name with a control character is refused when it is checked.
_BLANKS = " \u00a0"
# The first cell, then the separator. The first cell of our lists is an id or a code, so it contains no separator.
_FIRST_CELL = re.compile(r'(?:"(?:[^"]|"")*"|[^,;|\t"]*?)[ \u00a0]*([,;|\t])')
# Excel's way to keep leading zeros: ="00123".
_TEXT_FORMULA = re.compile('="(.*)"')
# A quote that prevents a spreadsheet from reading the cell as a formula.
_FORMULA_GUARD = re.compile("'(?=[=+@0-9-])")


def cells_of(line: str) -> list[str]:
    """The cells of a line, trimmed, without empty cells at the end.

    Returns [] for an empty line and for Excel's "sep=;". The separator may be a comma, a semicolon, a bar or a tab. A
    line break inside a cell becomes a blank. Raises csv.Error if the quotation marks do not match.
    """
    text = re.sub("[\r\n]+", " ", line.removeprefix("\ufeff")).strip(_BLANKS)
    if re.fullmatch("sep=.?", text):
        return []
    first = _FIRST_CELL.match(text)
    cells = [_cell(cell) for cell in next(csv.reader([text], delimiter=first[1] if first else ",", strict=True), [])]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _cell(text: str) -> str:
    text = text.strip(_BLANKS)
    if formula := _TEXT_FORMULA.fullmatch(text):
        return formula[1]
    return _FORMULA_GUARD.sub("", text, count=1) if text.startswith("'") else text

"""Makes .xlsx files as Excel writes them, with the standard library."""

import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

from playwright.sync_api import FilePayload

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Cell = str | int | float | None
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DATE = 1  # the style of cells whose value is a float


def workbook(**sheets: Sequence[Sequence[Cell]]) -> FilePayload:
    """A file with these sheets.

    Texts are shared. Whole numbers are numbers. A float is the serial number of a date.
    """
    shared: dict[str, int] = {}
    parts = {f"xl/worksheets/sheet{n}.xml": _sheet(rows, shared) for n, rows in enumerate(sheets.values())}
    listed = "".join(f'<sheet name="{name}" sheetId="{n + 1}" r:id="rId{n}"/>' for n, name in enumerate(sheets))
    targets = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(len(sheets))
    )
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    parts |= {
        "xl/workbook.xml": f'<workbook {_MAIN} xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{targets}</Relationships>",
        "xl/sharedStrings.xml": f"<sst {_MAIN}>{texts}</sst>",
        "xl/styles.xml": f'<styleSheet {_MAIN}><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, xml in parts.items():
            archive.writestr(path, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{xml}')
    return {"name": "people.xlsx", "mimeType": XLSX, "buffer": content.getvalue()}


def _sheet(rows: Sequence[Sequence[Cell]], shared: dict[str, int]) -> str:
    lines = ""
    for number, row in enumerate(rows, 1):
        cells = ""
        for column, value in zip("ABCDEFGHIJ", row, strict=False):
            place = f'r="{column}{number}"'
            if isinstance(value, str):
                cells += f'<c {place} t="s"><v>{shared.setdefault(value, len(shared))}</v></c>'
            elif isinstance(value, float):
                cells += f'<c {place} s="{_DATE}"><v>{value:g}</v></c>'
            elif value is not None:
                # Excel writes long numbers with an exponent.
                cells += f"<c {place}><v>{value:.12E}</v></c>" if value > 10**11 else f"<c {place}><v>{value}</v></c>"
        lines += f'<row r="{number}">{cells}</row>' if cells else ""
    return f"<worksheet {_MAIN}><sheetData>{lines}</sheetData></worksheet>"


def protected() -> FilePayload:
    """The beginning of a file with a password.

    It is the container of the old .xls, with the name of the encrypted part.
    """
    container = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    return {"name": "secret.xlsx", "mimeType": XLSX, "buffer": container}

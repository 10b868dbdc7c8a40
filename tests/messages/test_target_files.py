"""Target files as hospitals write them (manual 3)."""

from itertools import pairwise

import pytest

from chalicelib.messages.target_files import SINGLE_BYTES, clean, encoding_of, target_lines

ID = "1111111111119"


@pytest.mark.parametrize(
    "raw",
    [
        b"1111111111119",
        b"1111111111119\r",
        b"\xef\xbb\xbf1111111111119",
        b"1-1111-11111-11-9",
        b"  1 1111 11111 11 9  ",
        b'"1111111111119",',
        "๑๑๑๑๑๑๑๑๑๑๑๑๙".encode(),
        "๑๑๑๑๑๑๑๑๑๑๑๑๙".encode("cp874"),
        "1–1111–11111–11–9".encode(),
    ],
)
def test_an_id_is_read_in_every_spelling(raw):
    assert clean(raw.decode(SINGLE_BYTES)) == ID


@pytest.mark.parametrize("separator", [",", ";", "|", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "cp874"])
def test_the_id_of_a_csv_line_is_read_whatever_separates_its_cells(separator, encoding):
    address = "99/9 หมู่ 12 ตำบลหนองบัวลำภู อำเภอเมืองหนองบัวลำภู จังหวัดหนองบัวลำภู " * 3
    cells = ["1", '"1-1111-11111-11-9"', "นายสมชาย ใจดี", "081-234-5678", address]
    assert clean(separator.join(cells).encode(encoding).decode(SINGLE_BYTES)) == ID


def test_a_line_with_two_ids_names_nobody():
    assert not clean(f"{ID};1234567890121").isdigit() or len(clean(f"{ID};1234567890121")) != 13


@pytest.mark.parametrize("raw", [b"", b"   ", b"\r", b"\xef\xbb\xbf", b"\t"])
def test_a_blank_line_is_blank(raw):
    assert clean(raw.decode(SINGLE_BYTES)) == ""


@pytest.mark.parametrize("raw", ["นายสมชาย ใจดี".encode(), "นายสมชาย".encode("cp874"), b"\xff\xfe\xdb", b"x" * 5000])
def test_a_line_that_is_not_an_id_does_not_become_one(raw):
    assert not clean(raw.decode(SINGLE_BYTES)).isdigit()


def lines_of(blob: bytes, block: int) -> list[tuple[int, str, int]]:
    blocks = (blob[i : i + block] for i in range(0, len(blob), block))
    return [(line.number, line.text, line.next_offset) for line in target_lines(blocks)]


@pytest.mark.parametrize("block", [1, 3, 7, 16, 10_000])
def test_lines_do_not_depend_on_the_size_of_the_blocks(block):
    blob = b"1111111111119\r\n\r\n1234567890121\n8000000000031"
    assert lines_of(blob, block) == [
        (1, ID, 15),
        (2, "", 17),
        (3, "1234567890121", 31),
        (4, "8000000000031", len(blob)),
    ]


@pytest.mark.parametrize("block", [64, 1000])
def test_a_file_without_line_ends_is_one_line_that_is_too_long(block):
    blob = b"1" * 100_000 + b"\n1111111111119\n"
    assert lines_of(blob, block) == [(1, "too long", 100_001), (2, ID, 100_015)]


def test_reading_continues_at_an_offset():
    blob = b"1111111111119\n1234567890121\n8000000000031\n"
    first = next(target_lines([blob]))
    rest = list(target_lines([blob[first.next_offset :]], first.next_offset, first.number + 1))
    assert [(line.number, line.text) for line in rest] == [(2, "1234567890121"), (3, "8000000000031")]
    assert rest[-1].next_offset == len(blob)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_recognised(encoding):
    assert encoding_of(ID.encode(encoding)).startswith("utf-16")
    assert encoding_of(b"\xef\xbb\xbf" + ID.encode()) == encoding_of(b"") == SINGLE_BYTES


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp874", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("block", [1, 2, 3, 7, 10_000])
def test_every_encoding_and_line_end_gives_the_same_lines_and_offsets(encoding, line_end, block):
    texts = ["เลขบัตรประชาชน ชช", ID, "", "๑๒๓๔๕๖๗๘๙๐๑๒๑", "1" * 5_000, "8000000000031"]
    blob = line_end.join(texts).encode(encoding)
    kind = encoding_of(blob[:64])
    lines = list(target_lines((blob[i : i + block] for i in range(0, len(blob), block)), encoding=kind))
    cleaned = [clean("เลขบัตรประชาชน ชช", "utf-16-le"), ID, "", "1234567890121", "too long", "8000000000031"]
    assert [(line.number, line.text) for line in lines] == list(enumerate(cleaned, 1))
    assert lines[-1].next_offset == len(blob)
    for before, line in pairwise(lines):
        rest = target_lines([blob[before.next_offset :]], before.next_offset, before.number + 1, kind)
        assert next(rest) == line

"""Target files as hospitals write them (manual 3)."""

import pytest

from chalicelib.messages.target_files import clean, is_utf16, target_lines

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
    assert clean(raw) == ID


@pytest.mark.parametrize("raw", [b"", b"   ", b"\r", b"\xef\xbb\xbf", b"\t"])
def test_a_blank_line_is_blank(raw):
    assert clean(raw) == ""


@pytest.mark.parametrize("raw", ["นายสมชาย ใจดี".encode(), "นายสมชาย".encode("cp874"), b"\xff\xfe\xdb", b"x" * 5000])
def test_a_line_that_is_not_an_id_does_not_become_one(raw):
    assert not clean(raw).isdigit()


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
    assert is_utf16(ID.encode(encoding))
    assert not is_utf16(b"\xef\xbb\xbf" + ID.encode())

"""The text of an announcement, for the app and for LINE."""

import pytest

from chalicelib.messages.text import html_of, line_texts, read_html


@pytest.mark.parametrize(
    ("html", "plain"),
    [
        ("<p>คลินิกย้าย</p><p>ไปอาคาร 2</p>", "คลินิกย้าย\n\nไปอาคาร 2"),
        ("แผนก<br>อายุรกรรม<br/>ห้อง 1", "แผนก\nอายุรกรรม\nห้อง 1"),
        ("<ul><li>งดอาหาร<li>งดน้ำ</ul>", "• งดอาหาร\n• งดน้ำ"),
        ("A &amp; B &lt;3 &#3585;", "A & B <3 ก"),
        ("a<script>alert('x')</script>b<style>p{}</style>", "ab"),
        ("  many \n\n   spaces  ", "many spaces"),
        ("unclosed <b>bold", "unclosed bold"),
    ],
)
def test_html_becomes_the_plain_text_that_line_shows(html, plain):
    assert read_html(html)[1] == plain


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<svg onload=alert(1)><script>1</script></svg>",
        "<iframe src='https://example.org'></iframe>",
        "<p style='background:url(https://example.org)' onclick=alert(1)>x</p>",
        "<form action='https://example.org'><input></form>",
        "<scr<script>ipt>alert(1)</script>",
    ],
)
def test_no_script_and_no_tracker_reaches_the_app(html):
    safe = read_html(html)[0].lower()
    assert not any(
        bad in safe for bad in ("<script", "javascript:", "onerror", "onclick", "onload", "style=", "<form", "<iframe")
    )


def test_the_html_of_an_announcement_stays():
    html = '<h3>ย้าย</h3><p><b>อาคาร 2</b> <a href="https://example.go.th/map?a=1&amp;b=2">แผนที่</a></p>'
    assert read_html(html)[0] == html


def test_text_from_the_dashboard_is_shown_as_typed():
    assert html_of("1 < 2\nบรรทัดสอง") == "1 &lt; 2<br>บรรทัดสอง"


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_short_announcement_is_one_line_message():
    assert line_texts("หัวข้อ", "เนื้อหา") == ["หัวข้อ\n\nเนื้อหา"]


@pytest.mark.parametrize("text", ["ก" * 15_999, "😀" * 8_000, "บรรทัด\n" * 2_285, "x" * 4_990 + "😀" * 30])
def test_a_long_text_is_cut_within_lines_limits_and_nothing_is_lost(text):
    texts = line_texts("หัวข้อ", text)
    assert len(texts) <= 4
    assert all(units(part) <= 5_000 for part in texts)
    assert "".join(texts).replace("\n", "") == ("หัวข้อ" + text).replace("\n", "")


def test_a_text_that_is_too_long_for_line_ends_with_an_ellipsis():
    texts = line_texts("หัวข้อ", "ก" * 30_000)
    assert len(texts) == 4
    assert texts[-1].endswith("…")
    assert units(texts[-1]) <= 5_000

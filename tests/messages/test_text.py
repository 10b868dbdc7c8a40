"""The text of an announcement, for the app and for LINE."""

import pytest

from chalicelib.messages.markup import clean, plain, with_hosts
from chalicelib.messages.plain_text import html_of, line_texts

SENDER = "รพ.ทดสอบระบบ (00000)"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>คลินิกย้าย</p><p>ไปอาคาร 2</p>", "คลินิกย้าย\n\nไปอาคาร 2"),
        ("<p>คลินิกย้าย<p>ไปอาคาร 2", "คลินิกย้าย\n\nไปอาคาร 2"),
        ("แผนก<br>อายุรกรรม<br/>ห้อง 1", "แผนก\nอายุรกรรม\nห้อง 1"),
        ("<ul><li>งดอาหาร<li>งดน้ำ</ul>", "• งดอาหาร\n• งดน้ำ"),
        ("<ul><li><p>งดอาหาร</p></li></ul>", "• งดอาหาร"),
        ("<table><tr><td>แผนก<td>ห้อง</table>", "แผนก ห้อง"),
        ("A &amp; B &lt;3 &#3585;", "A & B <3 ก"),
        ("a<script>alert('x')</script>b<style>p{}</style>", "ab"),
        ("  many \n\n   spaces  ", "many spaces"),
        ("unclosed <b>bold", "unclosed bold"),
        ("BMI < 25 และ HbA1c <7", "BMI < 25 และ HbA1c <7"),
        ("ก <ข และ a <b", "ก <ข และ a <b"),
        ("&#" + "9" * 5_000 + ";", ""),
    ],
)
def test_html_becomes_the_plain_text_that_line_shows(html, text):
    assert plain(clean(html)) == text


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ('<a href="https://example.go.th/?a=1&amp;b=2">แผนที่</a> ตึก', "แผนที่ ลิงก์: https://example.go.th/?a=1&b=2 ตึก"),
        ("<a href=https://example.go.th>https://moph.go.th</a>", "https://moph.go.th ลิงก์: https://example.go.th"),
        ("<a href=https://example.go.th>https://example.go.th</a>", "ลิงก์: https://example.go.th"),
        ('<a href="https://example.go.th"><img src="https://example.go.th/m.png" alt="แผนที่"></a>',
         "[ภาพ: แผนที่] ลิงก์: https://example.go.th"),
        ('โทร <a href="tel:021234567">ฝ่ายนัด</a>', "โทร ฝ่ายนัด (โทร. 021234567)"),
        ('<a href="tel:021234567">02-123 4567</a>', "02-123 4567"),
        ('<a href="mailto:care@example.go.th?subject=x">เขียนถึงเรา</a>', "เขียนถึงเรา (อีเมล care@example.go.th)"),
        ('<img src="https://example.go.th/m.png" alt="ชั้น 3 &gt; ห้อง 7">', "[ภาพ: ชั้น 3 > ห้อง 7]"),
        ("<ol><li>งดอาหาร<li>งดน้ำ</ol>", "1. งดอาหาร\n2. งดน้ำ"),
        ("<ol start=3><li>ก<ul><li>ข</ul><li value=9>ค<li>ง</ol>", "3. ก\n\n• ข\n\n9. ค\n10. ง"),
    ],
)  # fmt: skip
def test_nothing_that_html_says_is_lost_in_the_text(html, text):
    assert plain(clean(html)) == text


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "<img src='http://example.org/tracker.png'>",
        "<a href='javascript:alert(1)'>x</a>",
        "<a href='&#106;avascript:alert(1)'>x</a>",
        "<a href=' java\nscript:alert(1)'>x</a>",
        "<svg onload=alert(1)><script>1</script></svg>",
        "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "<iframe src='https://example.org'></iframe>",
        "<p style='background:url(https://example.org)' onclick=alert(1)>x</p>",
        "<form action='https://example.org'><input></form>",
        "<scr<script>ipt>alert(1)</script>",
        "<!--><script>alert(1)</script>",
        '<a href="https://example.org"onclick="alert(1)">x</a>',
    ],
)
def test_no_script_and_no_tracker_reaches_the_app(html):
    safe = clean(html).lower().replace("&lt;", "")
    assert not any(
        bad in safe
        for bad in ("<script", "javascript:", "onerror", "onclick", "onload", "style=", "<form", "<iframe", "http:")
    )


def test_the_html_of_an_announcement_stays_and_its_links_are_marked_as_foreign():
    html = '<h3>ย้าย</h3><p><b>อาคาร 2</b> <a href="https://example.go.th/map?a=1&amp;b=2"{}>แผนที่</a></p>'
    assert clean(html.format("")) == html.format(' rel="nofollow noopener noreferrer"')


@pytest.mark.parametrize(
    "opened", ["<svg><title>a</svg>", "<svg>", "<title>", "<textarea>", "<script>", "<style>", "<object>", "<!-- "]
)
def test_what_is_dropped_and_never_closed_takes_nothing_with_it(opened):
    assert "<p>hello</p>" in clean(opened + "<p>hello</p>")


WORST = [
    "<svg>" + "<a " * 13_331,
    "<div>" * 8_000,
    "<!--" * 10_000,
    "</svg" * 8_000,
    "<" * 40_000,
    '<a ="x" ="' * 4_000,
    "<b><p>" * 6_666,
    "<table>" * 5_714,
    "<a " + " ".join(f"b{n}" for n in range(6_000)) + ">",
]


@pytest.mark.parametrize("html", WORST, ids=lambda html: html[:12])
def test_html_of_bad_will_is_neither_deep_nor_longer_than_its_characters_escaped(html):
    cleaned, depth, deepest = clean(html), 0, 0
    for part in cleaned.split("<")[1:]:
        depth += -1 if part.startswith("/") else 1
        deepest = max(deepest, depth)
    assert deepest <= 50
    assert len(cleaned) <= 4 * len(html)


@pytest.mark.parametrize(
    ("address", "text", "shown"),
    [
        ("https://evil.example/x", "ธนาคาร", "ธนาคาร <span>(ลิงก์: evil.example)</span>"),
        ("https://evil.example/x", "www.bank.example", "www.bank.example <span>(ลิงก์: evil.example)</span>"),
        ("https://www.bank.example@evil.example", "ธนาคาร", "ธนาคาร <span>(ลิงก์: evil.example)</span>"),
        ("https://bank.example@evil.example", "https://bank.example@evil.example",
         "https://bank.example@evil.example <span>(ลิงก์: evil.example)</span>"),
        ("https:\\\\evil.example\\@bank.example", "ธนาคาร", "ธนาคาร <span>(ลิงก์: evil.example)</span>"),
        (" ht\ntps://ev\til.example", "ธนาคาร", "ธนาคาร <span>(ลิงก์: evil.example)</span>"),
        ("https://moph.example/a", "https://moph.example/a", "https://moph.example/a"),
        ("https://moph.example/a", "moph.example", "moph.example"),
        ("tel:1669", "โทร", "โทร"),
    ],
)  # fmt: skip
def test_the_app_shows_the_host_behind_a_link_whose_text_does_not(address, text, shown):
    html = with_hosts(clean(f'<p><a href="{address}">{text}</a></p>'))
    assert html.endswith(f' rel="nofollow noopener noreferrer">{shown}</a></p>')


@pytest.mark.parametrize(
    ("typed", "html"),
    [
        ("1 < 2\nบรรทัดสอง", "1 &lt; 2<br>บรรทัดสอง"),
        ("ยา\n\n\n  ก   3 เม็ด", "ยา<br><br><br>&nbsp; ก&nbsp;&nbsp; 3 เม็ด"),
        (" ก\r\n\tข", "&nbsp;ก<br>&nbsp;&nbsp;&nbsp; ข"),
    ],
)
def test_text_from_the_dashboard_is_shown_in_the_app_as_typed(typed, html):
    assert html_of(typed) == html


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_short_announcement_is_one_line_message():
    assert line_texts(SENDER, "หัวข้อ", "เนื้อหา") == [f"จาก {SENDER}\nหัวข้อ\n\nเนื้อหา"]


def test_text_from_the_dashboard_is_sent_to_line_as_typed():
    assert line_texts(SENDER, "ยา", "  ก\n\n\n    ข") == [f"จาก {SENDER}\nยา\n\n  ก\n\n\n    ข"]


def test_line_gets_no_blank_message():
    assert line_texts(SENDER, "ก", "ข" + " " * 12_000 + "ค")[1:] == [" " * (2_004 + len(f"จาก {SENDER}\n")) + "ค"]


@pytest.mark.parametrize("text", ["ก" * 15_999, "😀" * 8_000, "บรรทัด\n" * 2_285, "x" * 4_990 + "😀" * 30])
def test_a_long_text_is_cut_within_lines_limits_and_nothing_is_lost(text):
    texts = line_texts(SENDER, "หัวข้อ", text)
    assert len(texts) <= 4
    assert all(units(part) <= 5_000 for part in texts)
    assert "".join(texts).replace("\n", "") == (f"จาก {SENDER}หัวข้อ" + text).replace("\n", "")


def test_a_text_that_is_too_long_for_line_ends_with_an_ellipsis():
    texts = line_texts(SENDER, "หัวข้อ", "ก" * 30_000)
    assert len(texts) == 4
    assert texts[-1].endswith("…")
    assert units(texts[-1]) <= 5_000

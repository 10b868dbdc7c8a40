"""The text of a message: safe HTML for the app, plain text for LINE. Pure."""

import html
import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from chalicelib import texts

# LINE counts UTF-16 code units and takes five messages a call; the fifth is the confirm button.
LINE_TEXT_UNITS = 5_000
LINE_TEXTS = 4
LONGEST_CONTENT = 16_000

_KEPT = {
    "b",
    "strong",
    "i",
    "em",
    "u",
    "s",
    "p",
    "br",
    "div",
    "span",
    "ul",
    "ol",
    "li",
    "h1",
    "h2",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "td",
    "th",
    "a",
    "img",
    "hr",
    "blockquote",
}
_EMPTY = {"br", "hr", "img"}
_DROPPED_WHOLE = {"script", "style", "iframe", "object", "template", "noscript", "svg", "math", "title", "textarea"}
_BREAKS = {"p", "br", "div", "li", "tr", "h1", "h2", "h3", "h4", "hr", "ul", "ol", "table", "blockquote"}


class _Reader(HTMLParser):
    """Parses HTML once into `safe` HTML with a short list of tags, and `plain` text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.safe: list[str] = []
        self.plain: list[str] = []
        self._open: list[str] = []
        self._dropping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _DROPPED_WHOLE:
            self._dropping.append(tag)
        if self._dropping:
            return
        if tag in _BREAKS:
            self.plain.append("\n")
        if tag == "li":
            self.plain.append("• ")
        if tag in ("td", "th"):
            self.plain.append(" ")
        if tag not in _KEPT:
            return
        self.safe.append(f"<{tag}{_safe_attributes(tag, dict(attrs))}>")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            if tag == self._dropping[-1]:
                self._dropping.pop()
            return
        if tag in _BREAKS - _EMPTY:
            self.plain.append("\n")
        if tag in self._open:
            while (closing := self._open.pop()) != tag:
                self.safe.append(f"</{closing}>")
            self.safe.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._dropping:
            return
        data = texts.without_invisible(data)
        self.safe.append(html.escape(data, quote=False))
        self.plain.append(re.sub(r"\s+", " ", data))

    def finish(self) -> tuple[str, str]:
        self.close()
        safe = "".join(self.safe) + "".join(f"</{tag}>" for tag in reversed(self._open))
        lines = [re.sub(r" {2,}", " ", line).strip() for line in "".join(self.plain).split("\n")]
        return safe, re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _safe_attributes(tag: str, attributes: dict[str, str | None]) -> str:
    link = {"a": "href", "img": "src"}.get(tag)
    kept = ""
    if link and (address := (attributes.get(link) or "").strip()):
        schemes = ("https", "http", "tel") if tag == "a" else ("https",)
        try:
            if urlsplit(address).scheme.lower() in schemes:
                kept += f' {link}="{html.escape(address)}"'
        except ValueError:
            pass  # not a URL: the text stays without the link
    if tag == "img" and attributes.get("alt"):
        kept += f' alt="{html.escape(texts.without_invisible(attributes["alt"] or ""))}"'
    return kept


def read_html(content: str) -> tuple[str, str]:
    """(safe HTML, plain text) of the HTML that an HIS or staff wrote."""
    reader = _Reader()
    reader.feed(content)
    return reader.finish()


def html_of(text: str) -> str:
    """Plain text from the dashboard as HTML for the app; line breaks are kept."""
    return html.escape(text, quote=False).replace("\n", "<br>")


def line_texts(title: str, text: str) -> list[str]:
    """The texts of one LINE message: at most four of at most 5,000 UTF-16 units, cut at line ends if there are any."""
    rest = f"{title}\n\n{text}".strip()
    texts: list[str] = []
    while rest:
        if _units(rest) <= LINE_TEXT_UNITS:
            texts.append(rest)
            break
        head = _first_units(rest, LINE_TEXT_UNITS)
        cut = head.rfind("\n")
        head = head[:cut] if cut > len(head) // 2 else head
        texts.append(head)
        rest = rest[len(head) :].lstrip("\n")
    if len(texts) > LINE_TEXTS:
        texts = texts[:LINE_TEXTS]
        texts[-1] = _first_units(texts[-1], LINE_TEXT_UNITS - 1) + "…"
    return texts


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _first_units(text: str, units: int) -> str:
    # "ignore" drops half a surrogate pair at the cut.
    return text.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")

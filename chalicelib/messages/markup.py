"""HTML of a hospital's system: cleaned for the app, as plain text for LINE.

It is cleaned once, when it is written. nh3 decides what is safe. Its parser follows browsers: it builds a tree, takes
quadratic time if elements are nested thousands deep, and lets an element that is never closed take in all that follows.
So one pass over the text comes before it: it keeps the tags of a short list, closes them, and limits how deep they are
nested. The pass looks at each character a bounded number of times, and so the time of both grows with the length of the
text.
"""

import html
import re
from collections.abc import Iterator

from chalicelib import text_cleaning

# Elements that an announcement may have, and their attributes.
_ELEMENTS = set(
    "a b blockquote br div em h1 h2 h3 h4 hr i img li ol p s span strong table tbody td th thead tr u ul".split()
)
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "li": {"value"}}
_LINK_SCHEMES = {"http", "https", "mailto", "tel"}
_EMPTY = {"br", "hr", "img"}
# Elements whose text is not for people. If such an element is never closed, only its tag is dropped.
_DROPPED = set("iframe math noscript object script style svg template textarea title".split())
_BLOCKS = set("blockquote div h1 h2 h3 h4 hr li ol p table tbody thead tr ul".split())
_MOST_OPEN = 40
_LONGEST_NUMBER = 6

# Element -> the open elements that end when it starts, as in browsers.
_CELLS = {"td", "th", "p"}
_ENDED_BY = {name: {"p"} for name in _BLOCKS} | {
    "li": {"li", "p"},
    "td": _CELLS,
    "th": _CELLS,
    "tr": _CELLS | {"tr"},
    "tbody": _CELLS | {"tr", "thead"},
}

# A tag, with or without its ">"; the beginning of a comment; a declaration. A quotation mark counts after "=" only.
_MARKUP = re.compile(
    r"""<(?P<end>/?)(?P<name>[a-z][a-z0-9:-]*+)(?P<attributes>(?:[^<>=]|=\s*+(?:"[^"]*+"|'[^']*+')?+)*+)(?P<close>>?)"""
    r"""|(?P<comment><!--)|<[!?][^<>]*+>""",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"""(?<![\w-])(href|src|alt|start|value)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'<>]++))""", re.IGNORECASE
)
# Clean HTML: a tag with attributes in double quotation marks, or text.
_CLEAN = re.compile(r'<(/?)([a-z0-9]+)((?: [a-z]+="[^"]*+")*+)>|([^<]++)')
_CLEAN_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*+)"')

# Browsers accept any number of slashes and backslashes, and skip tabs and line breaks.
_SKIPPED = str.maketrans("", "", "\t\r\n")
_WEB_ADDRESS = re.compile(r"https?:[/\\]*+([^/\\?#]*+)", re.IGNORECASE)

_IN_QUOTES = str.maketrans({'"': "&quot;", "<": "&lt;"})
_PHONE = str.maketrans("", "", " -().")


def clean(content: str) -> str:
    """Safe HTML with a short list of elements.

    Nothing that a person would read is lost.
    """
    import nh3  # imported only if HTML is cleaned: other functions start without it

    safe = nh3.clean(
        "".join(_simple(content)),
        tags=_ELEMENTS,
        attributes=_ATTRIBUTES,
        attribute_filter=_allowed_value,
        clean_content_tags={"script", "style"},
        url_schemes=_LINK_SCHEMES,
        url_relative="deny",
        link_rel="nofollow noopener noreferrer",
    )
    return text_cleaning.without_invisible(safe)  # a character reference may stand for any character


def _simple(content: str) -> Iterator[str]:
    """The parts of the HTML that may stay: text and balanced tags.

    The tags are those of `_ELEMENTS`, with the attributes that they may have.
    """
    open_elements: list[str] = []
    never_closed: set[str] = set()
    position = 0
    while markup := _MARKUP.search(content, position):
        yield content[position : markup.start()].replace("<", "&lt;")
        position = markup.end()
        name = (markup["name"] or "").lower()
        if markup["comment"]:
            position = _after("-->", re.compile("-->"), content, position, never_closed)
        elif name and not markup["close"]:
            yield markup[0].replace("<", "&lt;")  # "<" in a text, not a tag
        elif name in _DROPPED and not markup["end"]:
            position = _after(name, re.compile(rf"</{name}\b[^<>]*+>", re.IGNORECASE), content, position, never_closed)
        elif name in _ELEMENTS and markup["end"]:
            yield from _end(name, open_elements)
        elif name in _ELEMENTS and (name in _EMPTY or len(open_elements) < _MOST_OPEN):
            yield from _start(name, markup["attributes"], open_elements)
    yield content[position:].replace("<", "&lt;")
    yield from (f"</{name}>" for name in reversed(open_elements))


def _after(name: str, closing: re.Pattern[str], content: str, position: int, never_closed: set[str]) -> int:
    """The position after the end of a comment or an element.

    The same position if there is no end. never_closed: the names for which no end follows any more, so that it is
    looked for once.
    """
    if name in never_closed:
        return position
    if end := closing.search(content, position):
        return end.end()
    never_closed.add(name)
    return position


def _start(name: str, attributes: str, open_elements: list[str]) -> Iterator[str]:
    kept = _kept_attributes(name, attributes) if name in _ATTRIBUTES else ""
    if name in ("a", "img") and not kept:
        return
    while open_elements and open_elements[-1] in _ENDED_BY.get(name, ()):
        yield f"</{open_elements.pop()}>"
    yield f"<{name}{kept}>"
    if name not in _EMPTY:
        open_elements.append(name)


def _end(name: str, open_elements: list[str]) -> Iterator[str]:
    if name in open_elements:
        while (closing := open_elements.pop()) != name:
            yield f"</{closing}>"
        yield f"</{name}>"


def _kept_attributes(name: str, attributes: str) -> str:
    """The attributes that the element may have, with unchanged values.

    nh3 checks the values.
    """
    values: dict[str, str] = {}
    for attribute, *value in _ATTRIBUTE.findall(attributes):
        if attribute.lower() in _ATTRIBUTES[name]:
            values.setdefault(attribute.lower(), "".join(value))
    return "".join(f' {each}="{value.translate(_IN_QUOTES)}"' for each, value in values.items() if value)


def _allowed_value(element: str, attribute: str, value: str) -> str | None:
    """The value of an attribute if it is allowed, else None.

    nh3 has checked the URL scheme. Images must be https, and numbers must be numbers.
    """
    if element == "img" and attribute == "src":
        return value if value.lower().startswith("https:") else None
    if attribute in ("start", "value"):
        return value if value.isascii() and value.isdigit() and len(value) < _LONGEST_NUMBER else None
    return value


def with_hosts(clean_html: str) -> str:
    """HTML that `clean` returned, with the host behind links.

    The host is added if the text of a link is another one, so that a person sees where the link leads before opening
    it.
    """
    parts: list[str] = []
    address, shown = "", ""
    for tag in _CLEAN.finditer(clean_html):
        end, name, attributes, text = tag.groups()
        if text:
            shown += html.unescape(text)
        elif name == "a" and not end:
            values = dict(_CLEAN_ATTRIBUTE.findall(attributes))
            address, shown = html.unescape(values.get("href", "")), ""
        elif name == "a" and (host := _host(address)) and not _shows(shown.strip(), address, host):
            parts.append(f" <span>(ลิงก์: {html.escape(host)})</span>")
        parts.append(tag[0])
    return "".join(parts)


def _host(address: str) -> str:
    """The host to which a browser goes; "" if the address is not http or https."""
    web = _WEB_ADDRESS.match(address.translate(_SKIPPED).strip())
    return web[1].rpartition("@")[2].lower() if web else ""


def _shows(text: str, address: str, host: str) -> bool:
    """Return whether the text of a link shows its host.

    In an address, the part before "@" can look like a host.
    """
    return text.lower() == host or (text == address and "@" not in address)


# ---- plain text ----


class _PlainText:
    """Collector of the text of clean HTML.

    It collects lines, list marks, links with their addresses, and texts of images.
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._lists: list[int | None] = []  # number of the next item; None: bullets
        self._after_mark = 0  # how many parts there were after the last list mark
        self._link: tuple[str, int] = "", 0  # address, and how many parts there were before the link

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br" or (name in _BLOCKS and len(self.parts) != self._after_mark):
            self.parts.append("\n")
        if name in ("ol", "ul"):
            self._lists.append(int(attributes.get("start", 1)) if name == "ol" else None)
        elif name == "li":
            self._item(attributes)
        elif name in ("td", "th"):
            self.parts.append(" ")
        elif name == "img" and attributes.get("alt"):
            self.parts.append(f" [ภาพ: {attributes['alt']}] ")
        elif name == "a" and "href" in attributes:
            self._link = attributes["href"], len(self.parts)

    def _item(self, attributes: dict[str, str]) -> None:
        number = self._lists[-1] if self._lists else None
        if number is not None:
            number = int(attributes.get("value", number))
            self._lists[-1] = number + 1
        self.parts.append("• " if number is None else f"{number}. ")
        self._after_mark = len(self.parts)

    def end(self, name: str) -> None:
        address, begin = self._link
        if name in _BLOCKS and name != "li":
            self.parts.append("\n")
        if name in ("ol", "ul") and self._lists:
            self._lists.pop()
        if name == "a" and address:
            shown = "".join(self.parts[begin:])
            self.parts[begin:] = [_with_address(shown, address)]
            self._link = "", 0

    def text(self) -> str:
        lines = [re.sub(r" {2,}", " ", line).strip() for line in "".join(self.parts).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _with_address(shown: str, address: str) -> str:
    """The text of a link, marked as a link.

    The address is added if the text is another one.
    """
    scheme, _, target = address.partition(":")
    if scheme.lower() in ("tel", "mailto"):
        target = target.partition("?")[0]
        is_shown = target.translate(_PHONE).lower() in shown.translate(_PHONE).lower()
        mark = "โทร." if scheme.lower() == "tel" else "อีเมล"
        return shown if is_shown else f"{shown} ({mark} {target})"
    # No bracket after the address: LINE might read it as a part of the address.
    return f"ลิงก์: {address}" if shown.strip() in ("", address) else f"{shown} ลิงก์: {address} "


def plain(clean_html: str) -> str:
    """The text of HTML that `clean` returned."""
    collected = _PlainText()
    for end, name, attributes, text in _CLEAN.findall(clean_html):
        if text:
            collected.parts.append(re.sub(r"\s+", " ", html.unescape(text)))
        elif end:
            collected.end(name)
        else:
            values = {key: html.unescape(value) for key, value in _CLEAN_ATTRIBUTE.findall(attributes)}
            collected.start(name, values)
    return collected.text()

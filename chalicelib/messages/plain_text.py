"""Plain text of a message: as HTML for the app, and in parts for LINE.

Standard library only.
"""

import html
import re

# LINE counts UTF-16 code units and takes five messages a call; the fifth is the confirm button.
LINE_TEXT_UNITS = 5_000
LINE_TEXTS = 4
LONGEST_CONTENT = 16_000

# Spaces that a browser would leave out: at the beginning of a line, and before another one.
_INDENT = re.compile(r"^ | (?= )", re.MULTILINE)


def html_of(text: str) -> str:
    """Plain text as HTML for the app; line breaks, blank lines and indents are kept."""
    lines = html.escape(text, quote=False).replace("\r\n", "\n").replace("\t", "    ")
    return _INDENT.sub("&nbsp;", lines).replace("\n", "<br>")


def line_texts(sender: str, title: str, text: str) -> list[str]:
    """The texts of one LINE message: at most four of at most 5,000 UTF-16 units.

    They are cut at line ends if there are any. The first one begins with the sender.
    """
    rest = f"จาก {sender}\n{title}\n\n{text}".rstrip()
    texts: list[str] = []
    while rest:
        if _units(rest) <= LINE_TEXT_UNITS:
            texts.append(rest)
            break
        head = _first_units(rest, LINE_TEXT_UNITS)
        cut = head.rfind("\n")
        head = head[:cut] if cut > len(head) // 2 else head
        if head.strip():  # LINE refuses a blank one
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

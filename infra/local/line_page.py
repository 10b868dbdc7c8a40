"""The page that shows what LINE users receive.

Messages have a button that confirms the reading (the manual's figure 26), except notices that ask to confirm an
appointment.
"""

from html import escape
from typing import Any

_STYLE = """
body{font:16px/1.5 Sarabun,Tahoma,sans-serif;max-width:26rem;margin:1rem auto;padding:0 1rem;background:#8cabd9}
h2{font-size:.9rem;margin:1.2rem 0 .3rem;word-break:break-all}
article{background:#fff;border-radius:1rem;padding:.8rem 1rem;margin:.5rem 0;white-space:pre-wrap}
button{font:inherit;width:100%;border:0;border-radius:.6rem;padding:.5rem;background:#06c755;color:#000}
"""


def page(received: dict[str, list[tuple[str, list[dict[str, Any]]]]]) -> str:
    """Render the page.

    received: LINE user id -> [(the button's data, LINE message objects)], newest first.
    """
    people = "".join(_person(user, messages) for user, messages in received.items())
    nothing = "<p>ยังไม่มีข้อความ · Nothing has been sent to LINE yet.</p>"
    return (
        '<!doctype html><html lang="th"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>LINE (จำลอง)</title><style>{_STYLE}</style><h1>LINE หมอพร้อม (จำลอง)</h1>{people or nothing}</html>"
    )


def _person(user: str, messages: list[tuple[str, list[dict[str, Any]]]]) -> str:
    shown = "".join(_message(user, data, content) for data, content in messages)
    return f"<h2>{escape(user)}</h2>{shown}"


def _message(user: str, data: str, content: list[dict[str, Any]]) -> str:
    texts = "".join(f"<div>{escape(part['text'])}</div>" for part in content if part.get("type") == "text")
    labels = [part["template"]["actions"][0]["label"] for part in content if part.get("type") == "template"]
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in (("user", user), ("data", data))
    )
    buttons = "".join(
        f'<form method="post" action="/press">{hidden}<button>{escape(label)}</button></form>' for label in labels
    )
    return f"<article>{texts}{buttons}</article>"

"""The API document as an HTML page: /docs, locally and on the deployed site.

It is made from docs/openapi.json, action by action (`x-actions`). It has no scripts, because the site's content
security policy allows no inline ones.
"""

import json
from html import escape
from pathlib import Path
from typing import Any

# Paths that hospitals' systems call. They come first, in this order; the rest keeps the document's order.
HIS_PATHS = (
    "/token",
    "/api/appointment/",
    "/api/ImmunizationTarget",
    "/api/SendImmunizationTarget",
    "/api/SendMessageTarget",
)

CSS = """
:root { font: 16px/1.5 "Sarabun", "Noto Sans Thai", "Loma", system-ui, sans-serif; color: #1b2a2a; background: #fff }
body { margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr) }
nav { position: sticky; top: 0; height: 100vh; overflow: auto; padding: 1rem; background: #f2f7f6 }
nav { box-sizing: border-box }
nav a { display: block; color: #0a5d56; text-decoration: none; padding: .15rem 0; overflow-wrap: anywhere }
nav h2 { font-size: .8rem; text-transform: uppercase; color: #4a5d5b; margin: 1rem 0 .25rem }
main { padding: 1rem 2rem 4rem; max-width: 60rem }
section { border-top: 1px solid #cfdedc; padding: 1rem 0 }
code, pre { font: 13px/1.45 "DejaVu Sans Mono", ui-monospace, monospace }
pre { background: #f2f7f6; padding: .75rem; overflow: auto; max-height: 24rem; margin: .25rem 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #e3ecea }
.method { font-weight: 700; color: #fff; background: #0a5d56; border-radius: .25rem; padding: .1rem .5rem }
.th { color: #33504d }
@media (max-width: 50rem) { body { display: block } nav { position: static; height: auto } main { padding: 1rem } }
"""


def page(openapi: Path) -> str:
    """Render the page for an OpenAPI file.

    If the file is missing, the page says how to make it.
    """
    if not openapi.exists():
        return "<!doctype html><title>API</title><p>docs/openapi.json is missing: run <code>make openapi</code>."
    document = json.loads(openapi.read_text(encoding="utf-8"))
    actions = [
        (path, method.upper(), {**operation, **action})
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        for action in operation["x-actions"]
    ]
    actions.sort(key=lambda action: _rank(action[0]))
    links: list[str] = []
    before = ""
    for path, method, action in actions:
        if path != before:
            links.append(f"<h2>{escape(path)}</h2>")
            before = path
        label = action["action"] if " " not in action["action"] else method
        links.append(f'<a href="#{_anchor(method, action)}">{escape(label)}</a>')
    sections = "".join(_section(path, method, action) for path, method, action in actions)
    return (
        '<!doctype html><html lang="th"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><title>MOPH Appointment Center API</title>'
        f'<link rel="stylesheet" href="/docs.css"><nav><strong>MOPH Appointment Center</strong>{"".join(links)}</nav>'
        '<main><h1>MOPH Appointment Center API</h1><p>The same as a machine reads it: <a href="/openapi.json">OpenAPI '
        f"{document['openapi']}</a>. Times are Thai local time, dates of the Christian era.</p>{sections}</main></html>"
    )


def _rank(path: str) -> int:
    """The position of a path in HIS_PATHS; all other paths come after them."""
    return next((n for n, start in enumerate(HIS_PATHS) if path.startswith(start)), len(HIS_PATHS))


def _anchor(method: str, action: dict[str, Any]) -> str:
    return escape(f"{method}-{action['action']}".replace(" ", "-").replace("/", "-"))


def _section(path: str, method: str, action: dict[str, Any]) -> str:
    query = f"?Action={action['action']}" if " " not in action["action"] else ""
    source = f"{'manual' if action['section'][0].isdigit() else 'wire contract'}, {action['section']}"
    parts = [
        f'<section id="{_anchor(method, action)}"><h2><span class="method">{method}</span> '
        f"<code>{escape(path + query)}</code></h2>",
        f'<p>{escape(action["summary"])}<br><span class="th" lang="th">{escape(action["summary_th"])}</span></p>',
        f"<p>Roles: {escape(' or '.join(action['roles']) or 'no sign-in')}. Source: {escape(source)}.</p>",
    ]
    shown = [p for p in action["parameters"] if p["name"] != "Action"]
    if shown:
        parts.append(f"<table><tr><th>parameter<th>where<th>what{''.join(_parameter(p) for p in shown)}</table>")
    if "body" in action and "body" not in action["examples"]:
        parts.append(f"<p>Body: <code>{escape(action['body'].get('$ref', 'object').rsplit('/', 1)[-1])}</code></p>")
    for label, example in action["examples"].items():
        title = "Sent" if label == "body" else f"Answer {label}"
        parts.append(f"<p>{escape(title)}</p><pre>{escape(json.dumps(example, ensure_ascii=False, indent=2))}</pre>")
    if action["codes"]:
        codes = ", ".join(f"<code>{escape(code)}</code>" for code in action["codes"])
        parts.append(f"<p>Its own errors: {codes}. Every action may also answer 400, 401, 403, 429 and 503.</p>")
    return "".join(parts) + "</section>"


def _parameter(parameter: dict[str, Any]) -> str:
    need = "required" if parameter["required"] else "optional"
    kind = parameter["schema"].get("type", "")
    what = parameter.get("description", "")
    location = f"{parameter['in']}, {need}"
    return f"<tr><td><code>{escape(parameter['name'])}</code><td>{location}<td>{escape(kind)}: {escape(what)}"

"""The dashboard in its bucket behind CloudFront: the stack `moph-<stage>-site` and the files.

Names in assets/ carry a hash of their content, so browsers keep them for a year; everything else is asked for again
each time. index.html goes last: who loads it finds everything that it names.
"""

import mimetypes
from pathlib import Path
from typing import Any

import boto3

from infra.aws import change_set
from infra.local import docs_page

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dashboard" / "dist"
TEMPLATE = Path(__file__).with_name("site.yaml")
IMMUTABLE, ASK_AGAIN = "public, max-age=31536000, immutable", "no-cache"
_TEXT = ("text/", "application/json", "application/javascript", "application/manifest+json")


def apply(stage: str, api: dict[str, str], given: dict[str, str], confirm: bool) -> dict[str, str]:
    """Brings the site's stack up to its template; returns its outputs. api: the outputs of the API's stack. given:
    DomainName and CertificateArn, where there are any."""
    values = {"Stage": stage, "ApiDomain": api["ApiDomain"], "ApiStage": api["ApiStage"], **given}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    stack = f"moph-{stage}-site"
    change_set.apply(stack, {"TemplateBody": TEMPLATE.read_text(encoding="utf-8"), "Parameters": parameters}, confirm)
    return change_set.outputs(stack)


def put_files(bucket: str) -> None:
    """Puts the built dashboard into the site's bucket."""
    s3 = boto3.client("s3")
    for key, content, kind, cache in files(DIST):
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=kind, CacheControl=cache)


def files(built: Path) -> list[tuple[str, bytes, str, str]]:
    """(key, content, content type, Cache-Control) of everything on the site, in the order in which it goes up. Raises
    FileNotFoundError where the dashboard is not built."""
    if not (built / "index.html").exists():
        raise FileNotFoundError(f"{built} is not built: run `npm ci && npm run build` in dashboard/")
    document = ROOT / "docs" / "openapi.json"
    found = [
        ("openapi.json", document.read_bytes(), "application/json; charset=utf-8", ASK_AGAIN),
        ("docs", _bytes(docs_page.page(document)), "text/html; charset=utf-8", ASK_AGAIN),
        ("docs.css", _bytes(docs_page.CSS), "text/css; charset=utf-8", ASK_AGAIN),
    ]
    for path in sorted(p for p in built.rglob("*") if p.is_file()):
        key = path.relative_to(built).as_posix()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind += "; charset=utf-8" if kind.startswith(_TEXT) else ""
        found.append((key, path.read_bytes(), kind, IMMUTABLE if key.startswith("assets/") else ASK_AGAIN))
    return sorted(found, key=lambda one: (one[0] == "index.html", not one[0].startswith("assets/")))


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()

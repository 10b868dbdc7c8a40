"""Deploy the dashboard: the stack `moph-<stage>-site` and its bucket's files.

The stack has CloudFront and the bucket. File names in assets/ contain a hash of the content, so browsers cache them for
a year; browsers check all other files each time. index.html is uploaded last, so that everything that it refers to is
there already.
"""

import mimetypes
from pathlib import Path
from typing import Any

import boto3

from infra.aws import change_set, preflight
from infra.local import docs_page

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dashboard" / "dist"
TEMPLATE = Path(__file__).with_name("site.yaml")
NO_ORIGIN = preflight.NO_ORIGIN
IMMUTABLE, NO_CACHE = "public, max-age=31536000, immutable", "no-cache"
_TEXT = ("text/", "application/json", "application/javascript", "application/manifest+json")


def apply(stage: str, api: dict[str, str], domain: dict[str, str], confirm: bool) -> dict[str, str]:
    """Create or update the site's stack; returns its outputs.

    api: the outputs of the API's stack. domain: DomainName and CertificateArn, or {}. confirm: see `change_set.apply`.
    """
    origin_secret, _ = preflight.origin_secrets(stage)
    at_api = {"ApiDomain": api["ApiDomain"], "ApiStage": api["ApiStage"], "OriginSecret": origin_secret}
    values = {"Stage": stage, **at_api, **domain}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    stack = f"moph-{stage}-site"
    change_set.apply(stack, {"TemplateBody": TEMPLATE.read_text(encoding="utf-8"), "Parameters": parameters}, confirm)
    return change_set.outputs(stack)


def origin(stage: str, domain: dict[str, str]) -> str:
    """The origin of the site's pages.

    NO_ORIGIN before the first deployment of a site without a domain of its own. domain: as for `apply`.
    """
    stack = f"moph-{stage}-site"
    if "DomainName" in domain:
        return f"https://{domain['DomainName']}"
    return NO_ORIGIN if change_set.is_new(stack) else f"https://{change_set.outputs(stack)['SiteDomain']}"


def put_files(bucket: str) -> None:
    """Upload the built dashboard to the site's bucket."""
    s3 = boto3.client("s3")
    for key, content, kind, cache in files(DIST):
        s3.put_object(Bucket=bucket, Key=key, Body=content, ContentType=kind, CacheControl=cache)


def files(built: Path) -> list[tuple[str, bytes, str, str]]:
    """(key, content, content type, Cache-Control) of every file of the site.

    In the order of their upload. built: the dashboard's dist folder. Raises FileNotFoundError if the dashboard is not
    built.
    """
    if not (built / "index.html").exists():
        raise FileNotFoundError(f"{built} is not built: run `npm ci && npm run build` in dashboard/")
    document = ROOT / "docs" / "openapi.json"
    site_files = [
        ("openapi.json", document.read_bytes(), "application/json; charset=utf-8", NO_CACHE),
        ("docs", _bytes(docs_page.page(document)), "text/html; charset=utf-8", NO_CACHE),
        ("docs.css", _bytes(docs_page.CSS), "text/css; charset=utf-8", NO_CACHE),
    ]
    for path in sorted(p for p in built.rglob("*") if p.is_file()):
        key = path.relative_to(built).as_posix()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        kind += "; charset=utf-8" if kind.startswith(_TEXT) else ""
        site_files.append((key, path.read_bytes(), kind, IMMUTABLE if key.startswith("assets/") else NO_CACHE))
    return sorted(site_files, key=lambda file: (file[0] == "index.html", not file[0].startswith("assets/")))


def _bytes(text: Any) -> bytes:
    return text if isinstance(text, bytes) else str(text).encode()

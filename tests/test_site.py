"""The deployed site: which files, in which order, for how long, which headers."""

from pathlib import Path
from typing import Any

import pytest

from infra.aws import site, template
from infra.local.api import security_headers


@pytest.fixture
def built(tmp_path: Path) -> Path:
    for name in ("index.html", "icon.svg", "assets/app-1a2b.js", "assets/sarabun-3c4d.woff2"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(name)
    return tmp_path


def test_the_page_goes_up_last_and_what_it_names_first(built: Path) -> None:
    keys = [key for key, _, _, _ in site.files(built)]
    assert keys[-1] == "index.html"
    assert all(key.startswith("assets/") for key in keys[:2])
    assert {"docs", "docs.css", "openapi.json", "icon.svg"} == set(keys[2:-1])


def test_only_files_with_a_hash_in_their_name_are_kept_by_browsers(built: Path) -> None:
    for key, _, _, cache in site.files(built):
        assert ("immutable" in cache) == key.startswith("assets/"), key
        assert key.startswith("assets/") or cache == "no-cache"


def test_texts_say_that_they_are_utf_8(built: Path) -> None:
    kinds = {key: kind for key, _, kind, _ in site.files(built)}
    assert kinds["index.html"] == kinds["docs"] == "text/html; charset=utf-8"
    assert kinds["assets/sarabun-3c4d.woff2"] == "font/woff2"


def test_a_dashboard_that_is_not_built_is_not_deployed(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="npm run build"):
        site.files(tmp_path)


@pytest.fixture(scope="module")
def resources() -> dict[str, Any]:
    found: dict[str, Any] = template.read_yaml("site.yaml")["Resources"]
    return found


def test_the_headers_are_those_of_one_machine_but_for_where_the_bucket_is(resources: dict[str, Any]) -> None:
    expected = security_headers("https://s3.${AWS::Region}.${AWS::URLSuffix}/moph-${Stage}-files-${AWS::AccountId}/")
    headers = resources["SiteHeaders"]["Properties"]["ResponseHeadersPolicyConfig"]["SecurityHeadersConfig"]
    assert headers["ContentSecurityPolicy"]["ContentSecurityPolicy"] == {"Fn::Sub": expected["Content-Security-Policy"]}
    assert headers["ReferrerPolicy"]["ReferrerPolicy"] == expected["Referrer-Policy"]
    assert headers["FrameOptions"]["FrameOption"] == expected["X-Frame-Options"]


def test_every_path_of_the_api_goes_to_the_api_uncached_and_errors_are_its_own(resources: dict[str, Any]) -> None:
    from app import app

    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    assert not [rule for rule in config["CustomErrorResponses"] if "ResponsePagePath" in rule]
    patterns = [one["PathPattern"] for one in config["CacheBehaviors"]]
    for path in app.routes:
        assert any(path == p or (p.endswith("*") and path.startswith(p[:-1])) for p in patterns), path
    origins = {one["PathPattern"]: one["TargetOriginId"] for one in config["CacheBehaviors"]}
    assert origins.pop("/boards/*") == "boards"
    assert set(origins.values()) == {"api"}


def test_cloudfront_reads_the_boards_in_the_bucket_of_target_files_and_nothing_else(resources: dict[str, Any]) -> None:
    files = template.read_yaml("resources.yaml")["Resources"]["FilesBucketPolicy"]["Properties"]["PolicyDocument"]
    (allowed,) = [one for one in files["Statement"] if one["Effect"] == "Allow"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert allowed["Action"] == "s3:GetObject"
    assert allowed["Resource"] == {"Fn::Sub": "${FilesBucket.Arn}/boards/*"}
    assert allowed["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_displays_together_cost_the_bucket_one_reading_a_second(resources: dict[str, Any]) -> None:
    cache = resources["BoardCache"]["Properties"]["CachePolicyConfig"]
    assert (cache["MinTTL"], cache["MaxTTL"]) == (1, 1)


def test_the_address_of_a_folder_is_its_page(resources: dict[str, Any]) -> None:
    config = resources["Distribution"]["Properties"]["DistributionConfig"]
    (function,) = config["DefaultCacheBehavior"]["FunctionAssociations"]
    assert function["FunctionARN"] == {"Fn::GetAtt": ["FolderPages", "FunctionARN"]}
    assert 'uri += "index.html"' in resources["FolderPages"]["Properties"]["FunctionCode"]


def test_the_bucket_is_nobodys_but_this_distributions(resources: dict[str, Any]) -> None:
    block = resources["SiteBucket"]["Properties"]["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    allowed, refused = resources["SiteBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    assert allowed["Principal"] == {"Service": "cloudfront.amazonaws.com"}
    assert "${Distribution}" in allowed["Condition"]["StringEquals"]["AWS:SourceArn"]["Fn::Sub"]
    assert refused["Effect"] == "Deny"

"""The system can be deployed in any region.

What AWS allows in one region only is deployed there.
"""

import json
import re
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.aws import deploy, template
from tests.aws_rules.conftest import Resources, of_type

# Amazon API Gateway quotas: what an account may call a second, and at once, in Bangkok. Most regions: 10,000 and 5,000.
BANGKOK_RATE, BANGKOK_BURST = 2500, 1250


@pytest.mark.parametrize(("region", "location"), [("us-east-1", None), ("ap-southeast-7", "ap-southeast-7")])
def test_the_artifact_bucket_is_made_in_the_region_of_the_deployment(
    region: str, location: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Amazon S3, CreateBucket: us-east-1 must not be named as a LocationConstraint, every other region must be.
    monkeypatch.setenv("AWS_DEFAULT_REGION", region)
    with mock_aws():
        bucket = deploy.artifact_bucket("dev")
        assert boto3.client("s3").get_bucket_location(Bucket=bucket)["LocationConstraint"] == location


def test_no_template_names_a_region(whole: dict[str, Any], site: Resources) -> None:
    assert re.findall(r"\b(?:ap|us|eu)-[a-z]+-[0-9]\b", json.dumps([whole, site])) == []


def test_the_apis_limits_fit_into_what_an_account_has_in_bangkok(whole: dict[str, Any]) -> None:
    assert whole["Parameters"]["StageRate"]["Default"] <= BANGKOK_RATE
    assert whole["Parameters"]["StageBurst"]["Default"] <= BANGKOK_BURST


def test_the_firewall_is_one_of_the_region(resources: Resources) -> None:
    # AWS WAF: a web ACL for CloudFront can only be made in us-east-1; the API's is a regional one.
    (firewall,) = of_type(resources, "AWS::WAFv2::WebACL").values()
    assert firewall["Scope"] == "REGIONAL"


@pytest.mark.parametrize(
    ("certificate", "accepted"),
    [
        ("", True),
        ("arn:aws:acm:us-east-1:123456789012:certificate/1", True),
        ("arn:aws:acm:ap-southeast-7:123456789012:certificate/1", False),
    ],
)
def test_the_sites_certificate_is_one_of_us_east_1(certificate: str, accepted: bool) -> None:
    # Amazon CloudFront, SSL/TLS certificates: the certificate must be in us-east-1, wherever the rest is.
    pattern = template.read_yaml("site.yaml")["Parameters"]["CertificateArn"]["AllowedPattern"]
    assert bool(re.fullmatch(pattern, certificate)) == accepted

"""The bucket of target files: who may reach it, and from which pages."""

import json
from typing import Any

from tests.aws_rules.conftest import Resources


def test_only_pages_of_the_site_may_upload_to_the_files_bucket(whole: dict[str, Any], resources: Resources) -> None:
    (rule,) = resources["FilesBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert rule["AllowedOrigins"] == [{"Ref": "SiteOrigin"}]
    assert (rule["AllowedMethods"], rule["AllowedHeaders"]) == (["PUT"], ["content-type"])
    assert whole["Parameters"]["SiteOrigin"]["Default"] != "*"


def test_every_bucket_refuses_what_is_not_encrypted_on_the_way(resources: Resources, site: Resources) -> None:
    for stack in (resources, site):
        buckets = {name for name, resource in stack.items() if resource["Type"] == "AWS::S3::Bucket"}
        policies = [each["Properties"] for each in stack.values() if each["Type"] == "AWS::S3::BucketPolicy"]
        refusing = {
            policy["Bucket"]["Ref"]
            for policy in policies
            for statement in policy["PolicyDocument"]["Statement"]
            if (statement["Effect"], statement["Principal"], statement["Action"]) == ("Deny", "*", "s3:*")
            and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
            and len(json.dumps(statement["Resource"])) > 50  # the bucket and its objects
        }
        assert refusing == buckets

"""`make deploy STAGE=...`: the packaged zip and template to an AWS account, through a CloudFormation change set.

    python -m infra.aws.deploy STAGE [--yes] [Parameter=value ...]
    DOMAIN=appointment.example.go.th CERTIFICATE=arn:... python -m infra.aws.deploy STAGE

The zip goes to the account's artifact bucket under a key of its content, so a deployment never changes what another
one runs. The change set is shown and, unless --yes is given, has to be confirmed before anything is changed.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.aws import change_set, package, preflight, site


def artifact_bucket(stage: str) -> str:
    """The account's bucket for zips and templates of a stage; made where it is missing, private and encrypted."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    s3 = boto3.client("s3")
    name = f"moph-{stage}-artifacts-{account}"
    try:
        s3.head_bucket(Bucket=name)
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
        # us-east-1 is S3's default and must not be named.
        region = s3.meta.region_name
        elsewhere = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
        s3.create_bucket(Bucket=name, **elsewhere)
        block = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=dict.fromkeys(block, True))
    return name


def upload(bucket: str, folder: Path) -> tuple[str, str]:
    """Puts the zip and the template into the bucket; returns the zip's key and the template's URL."""
    s3 = boto3.client("s3")
    keys = []
    for name in ("deployment.zip", "template.json"):
        content = (folder / name).read_bytes()
        keys.append(f"{hashlib.sha256(content).hexdigest()[:16]}/{name}")
        s3.put_object(Bucket=bucket, Key=keys[-1], Body=content)
    return keys[0], f"{s3.meta.endpoint_url}/{bucket}/{keys[1]}"


def deploy(stage: str, folder: Path, given: dict[str, str], confirm: bool) -> dict[str, str]:
    """Brings the stack `moph-<stage>` to what the folder holds; returns its outputs. given: template parameters."""
    stack = f"moph-{stage}"
    preflight.check_concurrency(stage, given, package.read_template(folder), boto3.client("lambda"))
    given = given | preflight.channels(stage, given)
    bucket = artifact_bucket(stage)
    code_key, template_url = upload(bucket, folder)
    values = {"Stage": stage, "CodeBucket": bucket, "CodeKey": code_key, **given}
    if change_set.is_new(stack):
        # A protected table could not be taken back if the creation failed half way.
        change_set.apply(stack, _arguments(template_url, values | {"ProtectTables": "no"}), confirm)
        confirm = False  # it was asked for above, and changes nothing but the protection
    change_set.apply(stack, _arguments(template_url, values), confirm)
    return change_set.outputs(stack)


def _arguments(template_url: str, values: dict[str, str]) -> dict[str, Any]:
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    return {"TemplateURL": template_url, "Parameters": parameters}


def main() -> None:
    stage, *rest = sys.argv[1:]
    if stage == "local":
        raise SystemExit("Say which stage to deploy: make deploy STAGE=dev")
    given = dict(one.split("=", 1) for one in rest if one != "--yes")
    confirm = "--yes" not in rest
    made = deploy(stage, package.package(stage), given, confirm)
    domain = {"DomainName": os.environ.get("DOMAIN", ""), "CertificateArn": os.environ.get("CERTIFICATE", "")}
    made |= site.apply(stage, made, {key: value for key, value in domain.items() if value}, confirm)
    site.put_files(made["SiteBucket"])
    print("\n".join(f"{key} {value}" for key, value in sorted(made.items())))


if __name__ == "__main__":
    main()

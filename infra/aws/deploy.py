"""`make deploy STAGE=...`: package the system and deploy it to an AWS account.

    python -m infra.aws.deploy STAGE [--yes] [Parameter=value ...]
    DOMAIN=appointment.example.go.th CERTIFICATE=arn:... python -m infra.aws.deploy STAGE

It deploys through CloudFormation change sets. The zip is uploaded to the account's artifact bucket under a hash of its
content, so that a deployment never changes the code of another one. Each change set is printed; without --yes, the
operator must confirm it. At the end the outputs of both stacks are printed, and a test alarm is sent.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError

from chalicelib import clock
from infra.aws import alarm_test, change_set, operator_prompts, package, preflight, releases, site


def artifact_bucket(stage: str) -> str:
    """The name of the stage's bucket for zips and templates.

    If it is missing, it is created: private and encrypted.
    """
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
    """Upload the zip and the template; returns the zip's key and the template's URL."""
    s3 = boto3.client("s3")
    keys = []
    for name in ("deployment.zip", "template.json"):
        content = (folder / name).read_bytes()
        keys.append(f"{hashlib.sha256(content).hexdigest()[:16]}/{name}")
        s3.put_object(Bucket=bucket, Key=keys[-1], Body=content)
    return keys[0], f"{s3.meta.endpoint_url}/{bucket}/{keys[1]}"


def deploy(stage: str, folder: Path, template_parameters: dict[str, str], confirm: bool) -> dict[str, str]:
    """Deploy a package as the stack `moph-<stage>`; return its outputs.

    folder: that of the package. confirm: see `change_set.apply`.
    """
    stack = f"moph-{stage}"
    preflight.check_concurrency(stage, template_parameters, package.read_template(folder), boto3.client("lambda"))
    origin_secrets = {"OriginSecrets": ",".join(preflight.origin_secrets(stage))}
    switches = preflight.channels(stage, template_parameters) | preflight.canary(stage, template_parameters)
    template_parameters = template_parameters | switches | origin_secrets
    preflight.access_key(stage)
    bucket = artifact_bucket(stage)
    code_key, template_url = upload(bucket, folder)
    values = {"Stage": stage, "CodeBucket": bucket, "CodeKey": code_key, **template_parameters}
    is_new = change_set.is_new(stack)
    deployed = [] if is_new else releases.alias_targets(stack)
    if releases.is_moved(deployed) and "TrafficShifting" not in values:
        print("An API function's alias was moved by hand, so this deployment moves all requests at once.")
        values["TrafficShifting"] = "no"
    values["Release"] = releases.release_name(content(template_url, values), deployed, clock.now())
    if is_new:
        # If the creation fails half way, a protected table could not be removed.
        change_set.apply(stack, _arguments(template_url, values | {"ProtectTables": "no"}), confirm)
        confirm = False  # the operator has confirmed; the second change only protects the tables
    change_set.apply(stack, _arguments(template_url, values), confirm)
    return change_set.outputs(stack)


def content(template_url: str, values: dict[str, str]) -> str:
    """A hash of code, template and parameters together.

    It leaves out the parameters that the API's functions do not use. If the hash stays the same, CloudFormation
    publishes no new version of a function; a new version would shift the traffic again.
    """
    unseen = ("CanaryUrl", "OriginSecrets", "SiteOrigin", "TrafficShifting")
    relevant = {name: value for name, value in values.items() if name not in unseen}
    return hashlib.sha256(repr((template_url, sorted(relevant.items()))).encode()).hexdigest()[:16]


def _arguments(template_url: str, values: dict[str, str]) -> dict[str, Any]:
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    return {"TemplateURL": template_url, "Parameters": parameters}


def main() -> None:
    stage, *rest = sys.argv[1:]
    if stage == "local":
        raise SystemExit("Say which stage to deploy: make deploy STAGE=dev")
    template_parameters = dict(argument.split("=", 1) for argument in rest if argument != "--yes")
    confirm = "--yes" not in rest
    given = {"DomainName": os.environ.get("DOMAIN", ""), "CertificateArn": os.environ.get("CERTIFICATE", "")}
    domain = {key: value for key, value in given.items() if value}
    folder, origin = package.package(stage), site.origin(stage, domain)
    outputs = deploy(stage, folder, template_parameters | {"SiteOrigin": origin}, confirm)
    outputs |= site.apply(stage, outputs, domain, confirm)
    if origin == site.NO_ORIGIN:
        # CloudFront has only now named the site. The operator has confirmed; this lets its pages upload target files.
        deploy(stage, folder, template_parameters | {"SiteOrigin": site.origin(stage, domain)}, confirm=False)
    site.put_files(outputs["SiteBucket"])
    print("\n".join(f"{key} {value}" for key, value in sorted(outputs.items())))
    try:
        print(alarm_test.send(stage, operator_prompts.ask if confirm else operator_prompts.no_answer))
    except alarm_test.NotArrived as problem:
        # The deployment itself has succeeded, and the checklist keeps this open.
        print(f"The alarms: {problem}")


if __name__ == "__main__":
    main()

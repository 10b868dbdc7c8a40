"""`make deploy STAGE=...`: the packaged zip and template to an AWS account, through a CloudFormation change set.

    python -m infra.deploy STAGE [--yes] [Parameter=value ...]
    DOMAIN=appointment.example.go.th CERTIFICATE=arn:... python -m infra.deploy STAGE

The zip goes to the account's artifact bucket under a key of its content, so a deployment never changes what another
one runs. The change set is shown and, unless --yes is given, has to be confirmed before anything is changed.
"""

import hashlib
import os
import sys
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from infra import package

_WAIT = {"Delay": 2, "MaxAttempts": 1800}


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
        s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": s3.meta.region_name})
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


def change(stack: str, arguments: dict[str, Any], confirm: bool) -> None:
    """Makes the change set of a stack, shows it, and carries it out. arguments: TemplateURL or TemplateBody, and
    Parameters. Raises RuntimeError with CloudFormation's reason where it fails."""
    cloudformation = boto3.client("cloudformation")
    kind = "UPDATE" if _exists(cloudformation, stack) else "CREATE"
    name = cloudformation.create_change_set(
        StackName=stack, ChangeSetName="next", ChangeSetType=kind, Capabilities=["CAPABILITY_IAM"], **arguments
    )["Id"]
    try:
        cloudformation.get_waiter("change_set_create_complete").wait(ChangeSetName=name, WaiterConfig=_WAIT)
    except WaiterError as error:
        reason = cloudformation.describe_change_set(ChangeSetName=name).get("StatusReason", str(error))
        cloudformation.delete_change_set(ChangeSetName=name)
        if "didn't contain changes" in reason or "No updates" in reason:
            print(f"{stack}: nothing to change")
            return
        raise RuntimeError(f"{stack}: {reason}") from error
    _show(cloudformation, stack, name)
    if confirm and input(f"Carry this out on {stack}? [yes/no] ").strip() != "yes":
        cloudformation.delete_change_set(ChangeSetName=name)
        raise SystemExit("nothing was changed")
    cloudformation.execute_change_set(ChangeSetName=name)
    try:
        cloudformation.get_waiter(f"stack_{kind.lower()}_complete").wait(StackName=stack, WaiterConfig=_WAIT)
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        failed = [e for e in events if e["ResourceStatus"].endswith("FAILED")]
        first = failed[-1] if failed else {}
        raise RuntimeError(
            f"{stack}: {first.get('LogicalResourceId')}: {first.get('ResourceStatusReason', error)}"
        ) from error


def _exists(cloudformation: Any, stack: str) -> bool:
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return False
    # A stack that so far has only a change set is still to be created.
    return bool(found) and found[0]["StackStatus"] != "REVIEW_IN_PROGRESS"


def _show(cloudformation: Any, stack: str, name: str) -> None:
    print(f"{stack}:")
    for page in cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=name):
        for one in page["Changes"]:
            changed = one["ResourceChange"]
            replaced = " (REPLACED)" if changed.get("Replacement") == "True" else ""
            print(f"  {changed['Action']:<7} {changed['ResourceType']:<36} {changed['LogicalResourceId']}{replaced}")


def outputs(stack: str) -> dict[str, str]:
    """A stack's outputs by key."""
    found = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", [])
    return {one["OutputKey"]: one["OutputValue"] for one in found}


def deploy(stage: str, folder: Path, given: dict[str, str], confirm: bool) -> dict[str, str]:
    """Brings the stack `moph-<stage>` to what the folder holds; returns its outputs. given: template parameters."""
    bucket = artifact_bucket(stage)
    code_key, template_url = upload(bucket, folder)
    values = {"Stage": stage, "CodeBucket": bucket, "CodeKey": code_key, **given}
    parameters = [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]
    change(f"moph-{stage}", {"TemplateURL": template_url, "Parameters": parameters}, confirm)
    return outputs(f"moph-{stage}")


def main() -> None:
    from infra import site  # which builds on this module

    stage, *rest = sys.argv[1:]
    given = dict(one.split("=", 1) for one in rest if one != "--yes")
    confirm = "--yes" not in rest
    made = deploy(stage, package.package(stage), given, confirm)
    domain = {"DomainName": os.environ.get("DOMAIN", ""), "CertificateArn": os.environ.get("CERTIFICATE", "")}
    made |= site.apply(stage, made, {key: value for key, value in domain.items() if value}, confirm)
    site.put_files(made["SiteBucket"])
    print("\n".join(f"{key} {value}" for key, value in sorted(made.items())))


if __name__ == "__main__":
    main()

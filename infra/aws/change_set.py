"""A stack of AWS brought to its template through a change set, which is shown before it is carried out."""

from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

_WAIT = {"Delay": 2, "MaxAttempts": 1800}


def apply(stack: str, arguments: dict[str, Any], confirm: bool) -> None:
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

"""Create or update a CloudFormation stack through a change set.

The change set is shown before it is carried out.
"""

from typing import Any

import boto3
from botocore.exceptions import ClientError, WaiterError

from infra.aws import operator_prompts

_NAME = "next"
# A stack that has only a change set is not created yet.
_NOT_CREATED = (None, "REVIEW_IN_PROGRESS", "DELETE_COMPLETE")
_FAILED_CREATION = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
_WAIT = {"Delay": 2, "MaxAttempts": 1800}
# CloudFormation refuses every update in these states. docs/operations.md says what to do.
_STUCK = ("UPDATE_ROLLBACK_FAILED", "DELETE_FAILED")


def apply(stack: str, arguments: dict[str, Any], confirm: bool) -> None:
    """Create the change set of a stack, print it, and execute it.

    arguments: TemplateURL or TemplateBody, and Parameters. confirm: ask before it is executed; SystemExit if the answer
    is not yes. Raises RuntimeError with CloudFormation's reason if it fails.
    """
    cloudformation = boto3.client("cloudformation")
    status = _status(cloudformation, stack)
    if status in _STUCK:
        raise RuntimeError(f"{stack} is {status}: see docs/operations.md#a-stack-that-is-stuck")
    if status is not None and status.endswith("_IN_PROGRESS") and status not in _NOT_CREATED:
        raise RuntimeError(f"{stack} is {status}: another deployment is running; wait for its end")
    if status in _FAILED_CREATION:
        # After a failed creation, CloudFormation allows only the deletion of the stack.
        print(f"{stack}: an earlier creation failed; its remains are deleted first")
        cloudformation.delete_stack(StackName=stack)
        cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig=_WAIT)
        status = None
    kind = "CREATE" if status in _NOT_CREATED else "UPDATE"
    if status is not None:
        # Left by an earlier run that ended at the question below.
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=_NAME)
    name = cloudformation.create_change_set(
        StackName=stack, ChangeSetName=_NAME, ChangeSetType=kind, Capabilities=["CAPABILITY_IAM"], **arguments
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
    if confirm and not operator_prompts.ask(f"Carry this out on {stack}?"):
        cloudformation.delete_change_set(ChangeSetName=name)
        raise SystemExit("nothing was changed")
    cloudformation.execute_change_set(ChangeSetName=name)
    try:
        cloudformation.get_waiter(f"stack_{kind.lower()}_complete").wait(StackName=stack, WaiterConfig=_WAIT)
    except WaiterError as error:
        pages = cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack)
        failed = [
            event for page in pages for event in page["StackEvents"] if event["ResourceStatus"].endswith("FAILED")
        ]
        first = failed[-1] if failed else {}  # events come newest first
        raise RuntimeError(
            f"{stack}: {first.get('LogicalResourceId')}: {first.get('ResourceStatusReason', error)}"
        ) from error


def is_new(stack: str) -> bool:
    """True if the stack does not exist yet, or its creation failed."""
    status = _status(boto3.client("cloudformation"), stack)
    return status in _NOT_CREATED or status in _FAILED_CREATION


def _status(cloudformation: Any, stack: str) -> str | None:
    try:
        stacks = cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        return None
    return str(stacks[0]["StackStatus"]) if stacks else None


def _show(cloudformation: Any, stack: str, name: str) -> None:
    print(f"{stack}:")
    for page in cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=name):
        for change in (entry["ResourceChange"] for entry in page["Changes"]):
            replaced = " (REPLACED)" if change.get("Replacement") == "True" else ""
            print(f"  {change['Action']:<7} {change['ResourceType']:<36} {change['LogicalResourceId']}{replaced}")


def outputs(stack: str) -> dict[str, str]:
    """The outputs of a stack: key -> value."""
    description = boto3.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in description.get("Outputs", [])}

"""Create or update the stack of resources.yaml without the functions.

For the local engine and tests.
"""

from pathlib import Path

import boto3
from botocore.exceptions import ClientError, WaiterError

TEMPLATE = Path(__file__).with_name("resources.yaml")


def apply(stage: str, template: Path = TEMPLATE) -> None:
    """Create or update the stack `moph-<stage>`.

    Raises CloudFormation's ClientError, or RuntimeError with the reason of the first failed resource.
    """
    cloudformation = boto3.client("cloudformation")
    name = f"moph-{stage}"
    arguments = {
        "StackName": name,
        "TemplateBody": template.read_text(encoding="utf-8"),
        "Parameters": [{"ParameterKey": "Stage", "ParameterValue": stage}],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    try:
        cloudformation.create_stack(**arguments)
        waiter = cloudformation.get_waiter("stack_create_complete")
    except cloudformation.exceptions.AlreadyExistsException:
        try:
            cloudformation.update_stack(**arguments)
        except ClientError as error:
            if "No updates" in str(error):
                return
            raise
        waiter = cloudformation.get_waiter("stack_update_complete")
    try:
        waiter.wait(StackName=name, WaiterConfig={"Delay": 1, "MaxAttempts": 600})
    except WaiterError as error:
        events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
        failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
        reason = failed[-1].get("ResourceStatusReason", "") if failed else str(error)
        raise RuntimeError(f"the stack {name} could not be made: {reason}") from error

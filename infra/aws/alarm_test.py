"""Test alarm at the end of a deployment: proves that an alarm reaches a person.

It switches one alarm to ALARM and back to OK. CloudWatch then notifies the topic as for a real alarm, so the test
covers the topic, its key and its subscriptions. When the next figure comes, CloudWatch sets the state by itself again.
"""

from typing import Any

import boto3

from infra.aws.operator_prompts import Ask

REASON = "A test of the deployment. Nothing is wrong, and nothing has to be done."


class NotArrived(Exception):
    """A test alarm cannot reach anybody, or did not; the text says what to do."""


def send(stage: str, ask: Ask) -> str:
    """Send the test alarm and ask whether it arrived; return a sentence of the result.

    Raises NotArrived if nobody is subscribed, if the alarm rings already, or if the operator says that nothing came.
    """
    topic, name = topic_arn(stage), f"moph-{stage}-faults"
    if not subscriptions(topic):
        raise NotArrived(
            f"Nobody is subscribed to {topic}, so no alarm reaches anybody. Subscribe a mailbox, confirm its e-mail,"
            f" and run `make first-deployment STAGE={stage}` (docs/operations.md, Alarms)."
        )
    cloudwatch = boto3.client("cloudwatch")
    if _state(cloudwatch, name) == "ALARM":
        raise NotArrived(f"{name} rings already, so it cannot be tested: look at docs/operations.md#faults first.")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason=REASON)
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason=REASON)
    arrived = ask(f"A test alarm was sent: {name}, ALARM and then OK. Did it arrive?")
    if arrived is None:
        return f"Sent. Look whether ALARM and OK of {name} arrived; if not: docs/operations.md, Alarms."
    if not arrived:
        raise NotArrived(f"The test alarm of {name} did not arrive: docs/operations.md, Alarms, says what to look at.")
    return f"The test alarm of {name} arrived."


def topic_arn(stage: str) -> str:
    """The topic that the alarms of a stage notify."""
    resource = boto3.client("cloudformation").describe_stack_resource(
        StackName=f"moph-{stage}", LogicalResourceId="AlarmTopic"
    )
    return str(resource["StackResourceDetail"]["PhysicalResourceId"])


def subscriptions(topic: str) -> list[str]:
    """The protocols of the confirmed subscriptions of a topic."""
    pages = boto3.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    # Until it is confirmed, a subscription has no ARN.
    return [s["Protocol"] for page in pages for s in page["Subscriptions"] if s["SubscriptionArn"].startswith("arn:")]


def _state(cloudwatch: Any, name: str) -> str:
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return str(alarm["StateValue"])

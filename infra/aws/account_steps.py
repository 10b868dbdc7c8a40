"""Steps of the first deployment that read the account's and resources' settings."""

import json
from typing import Any

import boto3

from infra.aws import alarm_test, change_set, gateway, preflight, public_address_steps
from infra.aws.checklist import Deployment, StepFailed, StepNotDone

_COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def quota(deployment: Deployment) -> str:
    given = parameters(deployment.stage)
    try:
        preflight.check_concurrency(deployment.stage, given, deployment.template, boto3.client("lambda"))
    except preflight.NotEnoughConcurrency as problem:
        raise StepFailed(str(problem)) from None
    return f"the functions reserve {preflight.reserved_by(deployment.template, deployment.stage, given)} executions"


def parameters(stage: str) -> dict[str, str]:
    """The parameters of the deployed stack."""
    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=f"moph-{stage}")["Stacks"]
    return {parameter["ParameterKey"]: parameter["ParameterValue"] for parameter in stack["Parameters"]}


def stacks_complete(deployment: Deployment) -> str:
    cloudformation = boto3.client("cloudformation")
    statuses = {}
    for stack in (f"moph-{deployment.stage}", f"moph-{deployment.stage}-site"):
        (description,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        statuses[stack] = description["StackStatus"]
    if bad := {stack: status for stack, status in statuses.items() if status not in _COMPLETE}:
        raise StepFailed(f"{bad}: run `make deploy STAGE={deployment.stage}` again")
    return ", ".join(f"{stack} {status}" for stack, status in statuses.items())


def alarms_lead_to_the_topic(deployment: Deployment) -> str:
    topic = alarm_test.topic_arn(deployment.stage)
    resources = deployment.template["Resources"].values()
    # An alarm with a condition is not in every stage.
    expected = sum(r["Type"] == "AWS::CloudWatch::Alarm" and "Condition" not in r for r in resources)
    pages = (
        boto3.client("cloudwatch")
        .get_paginator("describe_alarms")
        .paginate(AlarmNamePrefix=f"moph-{deployment.stage}-")
    )
    alarms = [alarm for page in pages for alarm in page["MetricAlarms"]]
    mute = [a["AlarmName"] for a in alarms if not a["ActionsEnabled"] or topic not in a["AlarmActions"]]
    if mute:
        raise StepFailed(f"these alarms notify nobody: {', '.join(mute)}. `make deploy` puts them right")
    if len(alarms) < expected:
        raise StepFailed(f"the template has {expected} alarms and the stage has {len(alarms)}: deploy again")
    return f"{len(alarms)} alarms notify {topic}"


def subscription(deployment: Deployment) -> str:
    topic = alarm_test.topic_arn(deployment.stage)
    protocols = alarm_test.subscriptions(topic)
    if not protocols:
        raise StepFailed(
            f"nobody is subscribed to {topic}, or nobody has confirmed the e-mail (docs/operations.md, Alarms)"
        )
    return f"{len(protocols)} confirmed: {', '.join(sorted(protocols))}"


def test_alarm(deployment: Deployment) -> str:
    answers: list[bool | None] = []

    def ask(question: str) -> bool | None:
        answers.append(deployment.ask(question))
        return answers[-1]

    try:
        sentence = alarm_test.send(deployment.stage, ask)
    except alarm_test.NotArrived as problem:
        raise StepFailed(str(problem)) from None
    if answers == [None]:
        raise StepNotDone(sentence)
    return sentence


def point_in_time_recovery(deployment: Deployment) -> str:
    client = boto3.client("dynamodb")
    tables = [
        resource["Properties"]["TableName"]["Fn::Sub"].replace("${Stage}", deployment.stage)
        for resource in deployment.template["Resources"].values()
        if resource["Type"] == "AWS::DynamoDB::Table"
    ]
    off = [table for table in tables if not _recoverable(client, table)]
    if off:
        raise StepFailed(f"off for {', '.join(off)}: `make deploy` switches it on")
    return f"on for {len(tables)} tables"


def _recoverable(client: Any, table: str) -> bool:
    backups = client.describe_continuous_backups(TableName=table)["ContinuousBackupsDescription"]
    return bool(backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED")


def upload_origins(deployment: Deployment) -> str:
    """Check that only pages of the site may upload to the files bucket."""
    bucket = public_address_steps.files_bucket(deployment.stage)
    rules = boto3.client("s3").get_bucket_cors(Bucket=bucket)["CORSRules"]
    origins = sorted({origin for rule in rules for origin in rule["AllowedOrigins"]})
    expected = parameters(deployment.stage)["SiteOrigin"]
    if origins != [expected] or "*" in expected:
        raise StepFailed(f"{bucket} allows {origins}, not only the site ({expected}): deploy again")
    return f"{bucket} allows {expected} alone"


def throttles(deployment: Deployment) -> str:
    client = boto3.client("apigateway")
    given = parameters(deployment.stage)
    rate, burst = float(given["StageRate"]), int(given["StageBurst"])
    stage = client.get_stage(restApiId=deployment.outputs["ApiId"], stageName=gateway.STAGE_NAME)
    settings = stage["methodSettings"]["*/*"]
    if (settings["throttlingRateLimit"], settings["throttlingBurstLimit"]) != (rate, burst):
        raise StepFailed(f"the API's stage has {settings}, not {rate} and {burst}: deploy again")
    account = client.get_account()["throttleSettings"]
    if account["rateLimit"] < rate or account["burstLimit"] < burst:
        raise StepFailed(
            f"the account allows {account['rateLimit']:.0f} calls a second and {account['burstLimit']} at once, less"
            f" than the stage ({rate:.0f}, {burst}): ask AWS for more (Service Quotas, API Gateway), or lower StageRate"
        )
    return f"{rate:.0f} calls a second, {burst} at once; the account allows {account['rateLimit']:.0f}"


def channels(deployment: Deployment) -> str:
    """Check that the event source of each channel is on, or off on purpose."""
    client = boto3.client("lambda")
    states = {}
    for name in ("message-app", "message-line"):
        mappings = client.list_event_source_mappings(FunctionName=f"moph-{deployment.stage}-{name}")
        states[name] = [mapping["State"] for mapping in mappings["EventSourceMappings"]] == ["Enabled"]
    off = sorted(name for name, on in states.items() if not on)
    if not off:
        return "both channels are on"
    if deployment.ask(f"{', '.join(off)}: off, because no address or secret is set. Is that meant?") is not True:
        raise StepNotDone(f"{', '.join(off)} is off; store the secret or set AppGatewayUrl, and deploy again")
    return f"{', '.join(off)}: off, as meant"


def stream_lag_metric(deployment: Deployment) -> str:
    namespace, name = f"moph/{deployment.stage}", "count_days_lag_ms"
    if not boto3.client("cloudwatch").list_metrics(Namespace=namespace, MetricName=name)["Metrics"]:
        raise StepFailed(
            f"there is no {name} in {namespace}. Repeat this step five minutes after the step booking; if there is"
            " none then, look at the log of count-days"
        )
    return f"{name} is in {namespace}"


def secret_reads(deployment: Deployment, ssm: Any = None) -> str:
    """Check that SSM gives secrets fast enough, which is required in production.

    SSM's default is 40 secrets a second. Each function reads its own when it starts, and a thousand may start in the
    same seconds (AWS Systems Manager, Increasing Parameter Store throughput).
    """
    setting = (ssm or boto3.client("ssm")).get_service_setting(SettingId="/ssm/parameter-store/high-throughput-enabled")
    if setting["ServiceSetting"]["SettingValue"] == "true":
        return "SSM gives 10,000 secrets a second"
    if deployment.stage == "prod":
        raise StepFailed("SSM gives 40 secrets a second, and functions that start fail: docs/operations.md, Secrets")
    return "SSM gives 40 secrets a second, enough for a stage that is not prod"


def error_caching(deployment: Deployment) -> str:
    client = boto3.client("cloudfront")
    config = client.get_distribution_config(Id=deployment.outputs["DistributionId"])["DistributionConfig"]
    items = config["CustomErrorResponses"].get("Items", [])
    seconds = {item["ErrorCode"]: item.get("ErrorCachingMinTTL") for item in items}
    if any(seconds.get(status) != 0 for status in (500, 502, 503, 504)):
        raise StepFailed(f"CloudFront keeps errors: {json.dumps(seconds)}. `make deploy` puts it right")
    return "0 s for 500, 502, 503 and 504"


def restore_drill(deployment: Deployment) -> str:
    question = "Has somebody restored a hospital of this stage as docs/operations.md, Restoring, says?"
    if deployment.ask(question) is not True:
        raise StepNotDone("restore a hospital once, before it is needed: docs/operations.md, Restoring")
    return "a hospital was restored by the page"


def tables_protected(deployment: Deployment) -> str:
    if deployment.stage != "prod":
        return "only the stage prod protects its tables"
    client = boto3.client("dynamodb")
    names = [name for page in client.get_paginator("list_tables").paginate() for name in page["TableNames"]]
    own = [name for name in names if name.startswith("moph-prod-")]
    open_tables = [n for n in own if not client.describe_table(TableName=n)["Table"].get("DeletionProtectionEnabled")]
    if open_tables:
        raise StepFailed(f"not protected: {', '.join(open_tables)}. Deploy again")
    return f"{len(own)} tables cannot be deleted"


def outputs(stage: str) -> dict[str, str]:
    """The outputs of both stacks."""
    return change_set.outputs(f"moph-{stage}") | change_set.outputs(f"moph-{stage}-site")

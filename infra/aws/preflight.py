"""Checks before a deployment: concurrency quota, channels and secrets.

Secrets that are missing in the AWS account are made. The deployment stops if the quota is too low for what the
functions reserve; the message says what to do. The functions of a channel without a URL or a secret stay off.
"""

import secrets
from typing import Any

import boto3

# Lambda keeps this many of the account's concurrent executions for functions that reserve none.
UNRESERVED_MINIMUM = 100
_LINE_TOKEN = "line_channel_access_token"
# The origin of a site that is not deployed yet. Nobody has it (RFC 6761).
NO_ORIGIN = "https://site.invalid"


class NotEnoughConcurrency(Exception):
    """The account's quota does not allow what this stage wants to reserve."""


def check_concurrency(stage: str, given: dict[str, str], template: dict[str, Any], client: Any) -> None:
    """Check that the account can reserve what this stage's functions want.

    Raises NotEnoughConcurrency.

    client: Lambda's.
    """
    wanted = reserved_by(template, stage, given)
    if not wanted:
        return
    limits = client.get_account_settings()["AccountLimit"]
    already = sum(_reserved_now(client, stage, template))
    left = limits["UnreservedConcurrentExecutions"] + already - UNRESERVED_MINIMUM
    if wanted > left:
        raise NotEnoughConcurrency(
            f"The functions of {stage} reserve {wanted} concurrent executions and the account has {max(0, left)} to"
            f" give: its quota is {limits['ConcurrentExecutions']}, of which {UNRESERVED_MINIMUM} stay unreserved and"
            " other stages may hold some. Ask AWS for a higher quota (Service Quotas, Lambda, concurrent executions),"
            ' or deploy with PARAMETERS="ReserveConcurrency=no".'
        )


def reserved_by(template: dict[str, Any], stage: str, given: dict[str, str]) -> int:
    """Concurrent executions that the functions of a stage reserve together.

    given: template parameters.
    """
    choice = given.get("ReserveConcurrency", template["Parameters"]["ReserveConcurrency"]["Default"])
    if choice == "no" or (choice == "in-prod" and stage != "prod"):
        return 0
    functions = (r for r in template["Resources"].values() if r["Type"] == "AWS::Lambda::Function")
    return sum(r["Properties"]["ReservedConcurrentExecutions"]["Fn::If"][1] for r in functions)


def _reserved_now(client: Any, stage: str, template: dict[str, Any]) -> list[int]:
    """Concurrent executions that the existing functions of this stage reserve already."""
    reserved = []
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            name = resource["Properties"]["FunctionName"]["Fn::Sub"].replace("${Stage}", stage)
            try:
                reserved.append(
                    client.get_function_concurrency(FunctionName=name).get("ReservedConcurrentExecutions", 0)
                )
            except client.exceptions.ResourceNotFoundException:
                continue
    return reserved


def channels(stage: str, given: dict[str, str]) -> dict[str, str]:
    """The template parameters that switch the channels on or off.

    Prints a line for each channel that stays off.
    """
    secrets = boto3.client("ssm").get_parameters(Names=[f"/moph/{stage}/{_LINE_TOKEN}"])["Parameters"]
    line = given.get("LineChannel", "on" if secrets else "off")
    if line == "off":
        print(
            f"LINE stays off: /moph/{stage}/{_LINE_TOKEN} is not in SSM Parameter Store (docs/operations.md, Secrets)"
        )
    if not given.get("AppGatewayUrl"):
        print('The app\'s gateway stays off: deploy with PARAMETERS="AppGatewayUrl=https://..."')
    return {"LineChannel": line}


def origin_secrets(stage: str) -> tuple[str, str]:
    """The present and the previous secret that CloudFront sends with every request.

    CloudFront sends it to the API. Both are in SSM, and made if they are missing. They are the same, unless an operator
    is changing the secret (docs/operations.md, Secrets).
    """
    ssm, name = boto3.client("ssm"), f"/moph/{stage}/origin_secret"
    stored = ssm.get_parameters(Names=[name], WithDecryption=True)["Parameters"]
    if not stored:
        value = secrets.token_urlsafe(32)
        ssm.put_parameter(Name=name, Value=value, Type="SecureString")
        return value, value
    new, _, old = stored[0]["Value"].partition(",")
    return new, old or new


def canary(stage: str, given: dict[str, str]) -> dict[str, str]:
    """The template parameter that switches the canary on, or {}.

    It is on if SSM has its account and the site has an address. Prints a line if it stays off.
    """
    url = given.get("SiteOrigin", "")
    name = f"/moph/{stage}/canary_account"
    if url in ("", NO_ORIGIN) or not boto3.client("ssm").get_parameters(Names=[name])["Parameters"]:
        print(
            f"The canary stays off: {name} is not in SSM, or the site has no address yet (docs/operations.md, canary)"
        )
        return {}
    return {"CanaryUrl": url}


def access_key(stage: str) -> None:
    """Make the secret of the access records' hashes, if the stage has none.

    With another secret, the hashes would match nobody.
    """
    ssm, name = boto3.client("ssm"), f"/moph/{stage}/access_key"
    if not ssm.get_parameters(Names=[name])["Parameters"]:
        ssm.put_parameter(Name=name, Value=secrets.token_urlsafe(32), Type="SecureString")

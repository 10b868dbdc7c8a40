"""`make rehearse`: deploys the package and template of `make deploy` to a fresh engine and tests what answers there.

    python -m infra.aws.rehearse [pytest arguments]

The engine plays CloudFormation, API Gateway, Lambda (each function in processes of its own, from the zip), SQS and
streams, and enforces IAM: every function runs with its own role, so a right that is missing fails a test here as it
would on AWS. The acceptance suite runs against the API Gateway's URL. At the end every AWS call that was seen is laid
beside the policies: nothing is refused, and nothing is allowed that was never called.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3

from infra.aws import deploy, gateway, least_privilege, package, site
from infra.local import engine, processes
from infra.local.recorder import Recorder

STAGE = "rehearsal"
# The engine starts a process per call that comes at the same time, each from its own copy of the zip: a storm would
# measure that. tests/concurrency storms the booking itself.
STORMS = (
    "of_many_bookings_of_one_person_at_once",
    "while_places_are_booked_and_given_back",
    "of_many_clicks_at_once",
    "added_at_once_by_several_people",
)
SUITE = ["tests/manual", "-k", f"not ({' or '.join(STORMS)})"]
SECRETS = {
    "app_gateway_token": "local-app-token",
    "line_channel_access_token": "local-line-token",
    "line_channel_secret": "local-line-secret",
}
# Account numbers are keys that the engine takes for the account's owner; any other key is a role's.
OWNER = {"AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": "rehearsal"}


def main() -> int:
    started = time.monotonic()
    folder = package.package(STAGE, package.OWN_RUNTIME)
    stands_alone(folder / "deployment.zip")
    _say(started, "packaged; the zip needs nothing from outside")
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch, _engine(Path(scratch)) as (recorder, simulator):
        given = {
            "AppGatewayUrl": f"{simulator}/app",
            "LineApiUrl": f"{simulator}/line",
            # the suite calls as one hospital, and on a quick machine oftener than one may
            "CallsPerSecond": "1000",
            # the night's peace, too, would depend on when this runs
            "WakingHours": "0-24",
        }
        outputs = deploy.deploy(STAGE, folder, given, confirm=False)
        template = package.read_template(folder)
        site.apply(STAGE, outputs, {}, confirm=False)
        say_as_the_template(outputs["ApiId"], template)
        allow_batches(template)
        _run("infra.local.seed")
        url = f"{os.environ['ENGINE_URL']}/_aws/execute-api/{outputs['ApiId']}/{outputs['ApiStage']}"
        os.environ |= {"CENTRE_URL": url, "CENTRE_SIMULATOR": simulator}
        _say(started, "deployed through CloudFormation")
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        tested = subprocess.run([*pytest, *(sys.argv[1:] or SUITE)], cwd=package.ROOT, check=False)
        _say(started, "tested")
        seen = "".join(f"{function} {action} {thing}\n" for function, action, thing in sorted(recorder.seen))
        (folder / "calls.txt").write_text(seen, encoding="utf-8")
        missing = least_privilege.missing(recorder.seen, recorder.refused, template)
        print("\n".join(missing) or "Every call that a function made is allowed by its policy.")
        if sys.argv[1:]:
            return tested.returncode or bool(missing)  # a part of the tests uses a part of the rights
        excess = least_privilege.excess(recorder.seen, template)
        print("\n".join(excess) or "Everything that a policy allows was used, but for what least_privilege.py names.")
    return tested.returncode or bool(missing or excess)


def _say(started: float, what: str) -> None:
    print(f"[{time.monotonic() - started:5.1f} s] {what}", flush=True)


def stands_alone(zipped: Path) -> None:
    """Imports every module of the package with nothing but the zip on the path. Raises CalledProcessError."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(zipped) as content:
            content.extractall(folder)
            names = [name for name in content.namelist() if name.startswith("chalicelib/") and name.endswith(".py")]
        modules = [name.removesuffix(".py").removesuffix("/__init__").replace("/", ".") for name in names]
        code = (
            "import sys, importlib; sys.path.insert(0, '.'); [importlib.import_module(name) for name in sys.argv[1:]]"
        )
        environment = {"STAGE": STAGE, "AWS_DEFAULT_REGION": "ap-southeast-1"}
        subprocess.run([sys.executable, "-SPB", "-c", code, "app", *modules], cwd=folder, env=environment, check=True)


@contextmanager
def _engine(folder: Path) -> Iterator[tuple[Recorder, str]]:
    """A fresh engine, a recorder before it, the outside world beside it; this process's own AWS calls go there too."""
    port = processes.free_port()
    endpoint = f"http://127.0.0.1:{port}"
    settings = {**processes.local_environment(endpoint), **OWNER, "STAGE": STAGE, "ENGINE_URL": endpoint}
    os.environ.update(settings)
    with Recorder(endpoint) as recorder:
        running = engine.start(
            folder, port, AUTH="true", PERSIST_STATE="0", S3_PERSIST="0", AWS_ENDPOINT_URL=recorder.url
        )
        simulator_port = processes.free_port()
        simulator = processes.start("infra.local.simulator", "--port", str(simulator_port), env=dict(os.environ))
        try:
            ssm = boto3.client("ssm")
            for name, value in SECRETS.items():
                ssm.put_parameter(Name=f"/moph/{STAGE}/{name}", Value=value, Type="SecureString")
            yield recorder, f"http://127.0.0.1:{simulator_port}"
        finally:
            processes.stop(simulator)
            processes.stop(running)


def say_as_the_template(api_id: str, template: dict[str, Any]) -> None:
    """The engine does not read the gateway's own answers from the API's body as AWS does: they are put one by one."""
    client = boto3.client("apigateway")
    body = template["Resources"]["Api"]["Properties"]["Body"]
    for kind, answer in body["x-amazon-apigateway-gateway-responses"].items():
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            statusCode=str(answer["statusCode"]),
            responseParameters=answer["responseParameters"],
            responseTemplates=answer["responseTemplates"],
        )
    client.create_deployment(restApiId=api_id, stageName=gateway.STAGE_NAME)


def allow_batches(template: dict[str, Any]) -> None:
    """On AWS the right to send a message is the right to send ten at once; the engine wants the batch's own name."""
    iam, cloudformation = boto3.client("iam"), boto3.client("cloudformation")
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role" and "sqs:SendMessage" in json.dumps(resource):
            found = cloudformation.describe_stack_resource(StackName=f"moph-{STAGE}", LogicalResourceId=logical_id)
            role = found["StackResourceDetail"]["PhysicalResourceId"]
            document = iam.get_role_policy(RoleName=role, PolicyName="own")["PolicyDocument"]
            for statement in document["Statement"]:
                if "sqs:SendMessage" in statement["Action"]:
                    statement["Action"].append("sqs:SendMessageBatch")
            iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(document))


def _run(module: str) -> None:
    subprocess.run([sys.executable, "-m", module], check=True, cwd=package.ROOT)


if __name__ == "__main__":
    sys.exit(main())

"""`make rehearse`: deploy to a new local engine, and run the tests there.

    python -m infra.aws.rehearse [pytest arguments]

It deploys the package and template of `make deploy`. The engine emulates CloudFormation, API Gateway, Lambda (each
function in its own processes, from the zip), SQS and streams. It enforces IAM: every function runs with its own role,
so a missing right fails a test, as it would on AWS. The acceptance tests run against API Gateway's URL. At the end
every recorded AWS call is compared with the policies: no call may be denied, and no right may be unused. Then the
procedures of the runbook are carried out (`drills`). With arguments, only missing rights are reported; the argument
`drills` runs the drills without the tests. Exit code 0 if the tests pass and the policies fit, otherwise not 0.
"""

import json
import os
import secrets
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
from infra.local import child_processes, engine
from infra.local.aws_call_recorder import Recorder

STAGE = "rehearsal"
# Tests with many calls at the same time are left out: the engine starts one process for each, from a copy of the zip.
# tests/concurrency does this on the local stack.
EXCLUDED_TESTS = (
    "of_many_bookings_of_one_person_at_once",
    "while_places_are_booked_and_given_back",
    "of_many_clicks_at_once",
    "added_at_once_by_several_people",
)
SUITE = ["tests/manual", "-k", f"not ({' or '.join(EXCLUDED_TESTS)})"]
SECRETS = {
    "app_gateway_token": "local-app-token",
    "line_channel_access_token": "local-line-token",
    "line_channel_secret": "local-line-secret",
}
# The engine treats an account number as the key of the account's owner, and any other key as a role's.
OWNER = {"AWS_ACCESS_KEY_ID": "000000000000", "AWS_SECRET_ACCESS_KEY": secrets.token_hex(20)}


def main() -> int:
    started = time.monotonic()
    folder = package.package(STAGE, package.OWN_RUNTIME)
    check_imports(folder / "deployment.zip")
    _say(started, "packaged; the zip needs nothing from outside")
    with tempfile.TemporaryDirectory(prefix="rehearsal-") as scratch, _engine(Path(scratch)) as (recorder, simulator):
        template_parameters = {
            "AppGatewayUrl": f"{simulator}/app",
            "LineApiUrl": f"{simulator}/line",
            # The tests call as one hospital, on a fast machine more often than a hospital may.
            "CallsPerSecond": "1000",
            "StaffCallsPerSecond": "1000",
            # Otherwise the result would depend on the time of day.
            "WakingHours": "0-24",
            "SiteOrigin": site.NO_ORIGIN,
        }
        outputs = deploy.deploy(STAGE, folder, template_parameters, confirm=False)
        template = package.read_template(folder)
        outputs |= site.apply(STAGE, outputs, {}, confirm=False)
        put_error_responses(outputs["ApiId"], template)
        allow_batches(template)
        for bucket in ("files", "audit"):
            allow_requests_without_tls(f"moph-{STAGE}-{bucket}-000000000000")
        subprocess.run([sys.executable, "-m", "infra.local.seed"], check=True, cwd=package.ROOT)
        url = f"{os.environ['ENGINE_URL']}/_aws/execute-api/{outputs['ApiId']}/{outputs['ApiStage']}"
        os.environ |= {"DEPLOYED_URL": url, "DEPLOYED_SIMULATOR": simulator}
        _say(started, "deployed through CloudFormation")
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
        deployed = {
            "stage": STAGE,
            "folder": str(folder),
            "parameters": template_parameters,
            "outputs": outputs,
            "url": url,
            "simulator": simulator,
        }
        if sys.argv[1:] == ["drills"]:
            return run_drills(deployed)
        tested = subprocess.run([*pytest, *(sys.argv[1:] or SUITE)], cwd=package.ROOT, check=False)
        _say(started, "tested")
        calls = "".join(f"{' '.join(call)}\n" for call in sorted(recorder.calls))
        (folder / "calls.txt").write_text(calls, encoding="utf-8")
        missing = least_privilege.missing(recorder.calls, recorder.denied, template)
        print("\n".join(missing) or "Every call that a function made is allowed by its policy.")
        if sys.argv[1:]:
            return tested.returncode or bool(missing)  # some of the tests use only some of the rights
        excess = least_privilege.excess(recorder.calls, template)
        print("\n".join(excess) or "Every right of a policy was used, except those listed in least_privilege.py.")
        failed_drills = run_drills(deployed)
        _say(started, "ran the drills of the runbook")
    return tested.returncode or failed_drills or bool(missing or excess)


def run_drills(deployed: dict[str, Any]) -> int:
    """Run the drills in a process with the stage's tables; return its exit code."""
    command = [sys.executable, "-m", "infra.aws.runbook_drills"]
    return subprocess.run(command, input=json.dumps(deployed), text=True, cwd=package.ROOT, check=False).returncode


def _say(started: float, what: str) -> None:
    print(f"[{time.monotonic() - started:5.1f} s] {what}", flush=True)


def check_imports(zipped: Path) -> None:
    """Import every module of the package with only the zip on the path.

    Raises CalledProcessError if one fails.
    """
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
    """Run a new engine, the call recorder in front of it, and the simulator.

    Yields the recorder and the simulator's URL. The AWS calls of this process go to the engine too, not through the
    recorder.
    """
    port = child_processes.free_port()
    endpoint = f"http://127.0.0.1:{port}"
    settings = {**child_processes.local_environment(endpoint), **OWNER, "STAGE": STAGE, "ENGINE_URL": endpoint}
    os.environ.update(settings)
    with Recorder(endpoint) as recorder:
        running = engine.start(
            folder,
            port,
            **OWNER,
            **engine.NOTHING_SAVED,
            AUTH="true",
            CHECK_SIGNATURES="0",
            SERVICES="",
            AWS_ENDPOINT_URL=recorder.url,
        )
        try:
            ssm = boto3.client("ssm")
            for name, value in SECRETS.items():
                ssm.put_parameter(Name=f"/moph/{STAGE}/{name}", Value=value, Type="SecureString")
            with child_processes.simulator(dict(os.environ)) as simulator:
                yield recorder, simulator
        finally:
            child_processes.stop(running)


def put_error_responses(api_id: str, template: dict[str, Any]) -> None:
    """Set the gateway's error responses one by one.

    The engine, unlike AWS, does not read them from the API's body.
    """
    client = boto3.client("apigateway")
    body = template["Resources"]["Api"]["Properties"]["Body"]
    for kind, response in body["x-amazon-apigateway-gateway-responses"].items():
        client.put_gateway_response(
            restApiId=api_id,
            responseType=kind,
            statusCode=str(response["statusCode"]),
            responseParameters=response["responseParameters"],
            responseTemplates=response["responseTemplates"],
        )
    client.create_deployment(restApiId=api_id, stageName=gateway.STAGE_NAME)


def allow_requests_without_tls(bucket: str) -> None:
    """Remove the bucket's policy, which refuses requests without TLS.

    The engine speaks plain HTTP.
    """
    boto3.client("s3").delete_bucket_policy(Bucket=bucket)


def allow_batches(template: dict[str, Any]) -> None:
    """Add sqs:SendMessageBatch to the roles.

    On AWS sqs:SendMessage includes it; in the engine it does not.
    """
    iam, cloudformation = boto3.client("iam"), boto3.client("cloudformation")
    for logical_id, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role" and "sqs:SendMessage" in json.dumps(resource):
            description = cloudformation.describe_stack_resource(
                StackName=f"moph-{STAGE}", LogicalResourceId=logical_id
            )
            role = description["StackResourceDetail"]["PhysicalResourceId"]
            document = iam.get_role_policy(RoleName=role, PolicyName="own")["PolicyDocument"]
            for statement in document["Statement"]:
                if "sqs:SendMessage" in statement["Action"]:
                    statement["Action"].append("sqs:SendMessageBatch")
            iam.put_role_policy(RoleName=role, PolicyName="own", PolicyDocument=json.dumps(document))


if __name__ == "__main__":
    sys.exit(main())

"""`make first-deployment STAGE=...`: check on AWS what no local test can show.

    python -m infra.aws.first_deployment STAGE [STEP]

Run it after `make deploy`, as often as you like: what a step changes does not stay, except for the trial hospital. The
results are in build/first-deployment/STAGE.json. A step that a person answered is not asked again; STEP=name runs it.
Exit code 0 if every step is proved, else 1.
"""

import getpass
import os
import sys
from pathlib import Path

# The template is built from the app, which is imported.
os.environ.setdefault("STAGE", "local")

from infra.aws import account_steps, checklist, operator_prompts, public_address_steps, template
from infra.aws.checklist import Deployment, Step

STEPS = [
    Step("quota", "the account allows what the functions reserve", account_steps.quota),
    Step("deploy", "both stacks are complete", account_steps.stacks_complete),
    Step("tables", "no table of production can be deleted by mistake", account_steps.tables_protected),
    Step("reachable", "the public address answers, and the tables can be read", public_address_steps.reachable),
    Step("alarms", "every alarm notifies the topic", account_steps.alarms_lead_to_the_topic),
    Step("subscription", "somebody gets the alarms", account_steps.subscription),
    Step("test-alarm", "an alarm reaches a person", account_steps.test_alarm, asks=True),
    Step("token", "KMS signs, and hospitals can verify", public_address_steps.token),
    Step("booking", "a hospital can book and cancel, and the counts follow", public_address_steps.booking),
    Step("channels", "each message channel is on, or off on purpose", account_steps.channels, asks=True),
    Step("message", "a message arrives at a person", public_address_steps.message, asks=True),
    Step("stream-lag", "the metric of the streams' lag exists", account_steps.stream_lag_metric,
         aws_only="the engine does not read metrics out of logs"),
    Step("error-caching", "CloudFront is told to keep no error", account_steps.error_caching),
    Step("errors-twice", "CloudFront keeps no error of the API", public_address_steps.errors_are_not_cached,
         aws_only="the engine calls a function that may not run", asks=True),
    Step("only-tls", "nothing answers without TLS", public_address_steps.only_tls, aws_only="the engine has no TLS"),
    Step("foreign-pages", "pages of other sites can read and upload nothing", public_address_steps.foreign_pages,
         aws_only="the engine lets pages of every site read"),
    Step("upload-origins", "only the site's pages may upload", account_steps.upload_origins),
    Step("throttles", "the API's limits are set, and the account's are higher", account_steps.throttles),
    Step("secret-reads", "many functions can start at once", account_steps.secret_reads,
         aws_only="the engine has no such setting"),
    Step("recovery", "every table can be restored to any minute", account_steps.point_in_time_recovery,
         aws_only="the engine's CloudFormation does not switch it on"),
    Step("restore-drill", "somebody has restored a hospital once", account_steps.restore_drill, asks=True),
]  # fmt: skip


def results_file(stage: str) -> Path:
    """The path of a stage's results, from the folder of the repository."""
    return Path("build") / "first-deployment" / f"{stage}.json"


def _tester() -> str:
    """Ask for a national id without showing it; it is not stored in the results."""
    if not sys.stdin.isatty():
        return ""
    return getpass.getpass(
        "National id of somebody with the Mor Prom app who expects a test message (empty: none): "
    ).strip()


def main() -> int:
    stage, *only = sys.argv[1:]
    if stage == "local":
        raise SystemExit("Say which stage to look at: make first-deployment STAGE=dev")
    if os.environ["STAGE"] != stage:
        raise SystemExit(f"STAGE is {os.environ['STAGE']} in the environment: use make first-deployment STAGE={stage}")
    if unknown := set(only) - {step.name for step in STEPS}:
        raise SystemExit(f"no step {unknown.pop()}; the steps are {', '.join(step.name for step in STEPS)}")
    outputs = account_steps.outputs(stage)
    deployment = Deployment(
        stage=stage,
        outputs=outputs,
        template=template.build(),
        url=f"https://{outputs['SiteDomain']}",
        ask=operator_prompts.ask,
        tester=_tester,
        arrived=lambda _, title: operator_prompts.ask(f"Wait a minute. Did the message {title!r} arrive?"),
    )
    results = checklist.run(STEPS, deployment, results_file(stage), *only)
    open_steps = [step.name for step in STEPS if results.get(step.name, {}).get("result") != checklist.PROVED]
    print(f"Open: {', '.join(open_steps)}" if open_steps else "Every step is proved.")
    print(f"The results are in {results_file(stage)}.")
    return bool(open_steps)


if __name__ == "__main__":
    sys.exit(main())

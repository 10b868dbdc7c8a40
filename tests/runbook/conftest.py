"""Fixture: a stage `prod` on its own engine, deployed from the real template.

Its functions do nothing.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.aws import deploy, package, site, template
from infra.aws.checklist import Deployment
from infra.local import child_processes, engine

STAGE = "prod"


@pytest.fixture(scope="package")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Outputs of the deployed stacks. AWS calls of this process go to their engine."""
    folder, port = tmp_path_factory.mktemp("runbook"), child_processes.free_port()
    environment = {**child_processes.local_environment(f"http://127.0.0.1:{port}"), "STAGE": STAGE}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        process = engine.start(folder, port, **engine.NOTHING_SAVED, SERVICES="")
        try:
            write_package(folder)
            # The engine's quota of concurrent executions depends on the machine.
            given = {"SiteOrigin": "https://site.example", "ReserveConcurrency": "no"}
            # It has neither AWS WAF's associations nor AWS Backup's selections nor CodeDeploy.
            given |= dict.fromkeys(("Firewall", "Backups", "TrafficShifting"), "no")
            outputs = deploy.deploy(STAGE, folder, given, confirm=False)
            domain = {
                "DomainName": "site.invalid",
                "CertificateArn": "arn:aws:acm:us-east-1:0:certificate/1",
            }
            yield outputs | site.apply(STAGE, outputs, domain, confirm=False)
        finally:
            child_processes.stop(process)


def write_package(folder: Path) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as zipped:
        zipped.writestr("app.py", "")
    (folder / "deployment.zip").write_bytes(content.getvalue())
    (folder / "template.json").write_text(template.text(package.OWN_RUNTIME), encoding="utf-8")


def deployment(outputs: dict[str, str], **changes: Any) -> Deployment:
    """The deployment that the checklist examines, with an operator who never answers."""
    given: dict[str, Any] = {
        "stage": STAGE,
        "outputs": outputs,
        "template": template.build(package.OWN_RUNTIME),
        "url": "http://127.0.0.1:9",
        "ask": lambda _: None,
        "tester": lambda: "",
        "arrived": lambda _cid, _title: None,
    }
    return Deployment(**given | changes)

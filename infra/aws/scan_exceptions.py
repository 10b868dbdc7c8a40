"""Findings of the template scanner (`make scan`) that are accepted, and why.

`template` writes them beside each resource, as metadata that checkov reads. Findings of the site's stack are skipped in
site.yaml.
"""

from typing import Any

Resources = dict[str, Any]
_ACCESS_LOGS = "Access logs would hold signed URLs; CloudTrail can record the objects that are read"
# Resource type -> check -> reason.
BY_TYPE = {
    "AWS::Lambda::Function": {
        "CKV_AWS_116": "Queues and streams have dead-letter queues; the next run of a schedule catches up",
        "CKV_AWS_117": "Every service that it calls is public and is guarded by IAM; there is nothing in a VPC",
        "CKV_AWS_173": "Its variables hold no secret: those are in SSM; Lambda encrypts variables with its own key",
    },
    "AWS::DynamoDB::Table": {
        "CKV_AWS_119": "Encrypted with the AWS managed key; with a key of ours every request would depend on that key",
    },
    "AWS::Logs::LogGroup": {
        "CKV_AWS_158": "Logs hold nothing that names a person (a test searches them); CloudWatch encrypts them itself",
    },
    "AWS::SQS::Queue": {
        "CKV_AWS_27": "Encrypted by SQS itself (SqsManagedSseEnabled), which the check does not know",
    },
}
# Logical id -> check -> reason.
BY_NAME = {
    "ApiStage": {
        "CKV_AWS_73": "The parameter Tracing switches X-Ray on",
        "CKV_AWS_120": "Answers are about one caller and one moment; a cache would show places that are gone",
    },
    "AuditBucket": {
        "CKV_AWS_18": "Its objects are locked, so nobody can change them; CloudTrail can record who reads them",
    },
    "StreamFailuresBucket": {
        "CKV_AWS_18": "Functions write it and an operator reads it; CloudTrail can record the objects that are read",
        "CKV_AWS_21": "Every object has a name of its own; what is done again must be gone, because it names people",
    },
    "FilesBucket": {
        "CKV_AWS_18": _ACCESS_LOGS,
        "CKV_AWS_21": "Target files hold national ids and must be gone when they are deleted",
    },
}


def add(resources: Resources) -> None:
    """Write the exceptions beside the resources.

    Raises KeyError for the name of a resource that does not exist.
    """
    exceptions = {name: dict(BY_TYPE.get(resource["Type"], {})) for name, resource in resources.items()}
    for name, checks in BY_NAME.items():
        exceptions[name] |= checks
    for name, checks in exceptions.items():
        if checks:
            skip = [{"id": check, "comment": reason} for check, reason in sorted(checks.items())]
            resources[name].setdefault("Metadata", {})["checkov"] = {"skip": skip}

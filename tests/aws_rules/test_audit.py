"""What the functions may do to the audit's table and archive: only add entries."""

from tests.aws_rules.conftest import Resources, of_type


def allowed(resources: Resources, resource: str) -> dict[str, set[str]]:
    """Role -> the actions that it allows on resources whose ARN has this prefix."""
    rights: dict[str, set[str]] = {}
    for name, role in of_type(resources, "AWS::IAM::Role").items():
        for statement in (s for policy in role.get("Policies", []) for s in policy["PolicyDocument"]["Statement"]):
            if any(f"${{{resource}." in str(each) for each in statement["Resource"]):
                rights.setdefault(name, set()).update(statement["Action"])
    return rights


# DynamoDB, IAM: no condition key can keep the deletes out of BatchWriteItem, and PartiQL writes have their own actions.
ADDS_AND_READS = {
    "dynamodb:PutItem",
    "dynamodb:Query",
    "dynamodb:GetItem",
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
}


def test_no_function_may_change_or_delete_an_entry_of_the_audit(resources: Resources) -> None:
    rights = allowed(resources, "AuditTable")
    assert len(rights) >= 4
    assert {name: actions - ADDS_AND_READS for name, actions in rights.items() if actions - ADDS_AND_READS} == {}


def test_no_function_may_change_delete_or_unlock_a_file_of_the_archive(resources: Resources) -> None:
    assert allowed(resources, "AuditBucket") == {
        "ArchiveAuditRole": {"s3:PutObject"},
        "SealAuditRole": {"s3:ListBucket", "s3:GetObject", "s3:PutObject"},
    }


def test_the_archive_is_locked_from_the_first_moment_and_its_files_are_written_once(resources: Resources) -> None:
    # Amazon S3, Object Lock: a bucket's default retention holds for every new file, and versioning is its condition.
    bucket = resources["AuditBucket"]["Properties"]
    assert bucket["ObjectLockEnabled"] is True
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": {"Ref": "AuditLockMode"}, "Days": {"Ref": "AuditLockDays"}}
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    # Amazon S3, Enforce conditional writes: without If-None-Match the request is refused, whoever sends it.
    statements = resources["AuditBucketPolicy"]["Properties"]["PolicyDocument"]["Statement"]
    refused = [s for s in statements if s["Action"] == "s3:PutObject"]
    assert [(s["Effect"], s["Principal"], s["Condition"]) for s in refused] == [
        ("Deny", "*", {"Null": {"s3:if-none-match": "true"}})
    ]


def test_the_archive_gets_what_an_entry_was_before_and_after_a_change(resources: Resources) -> None:
    stream = resources["AuditTable"]["Properties"]["StreamSpecification"]
    assert stream == {"StreamViewType": "NEW_AND_OLD_IMAGES"}

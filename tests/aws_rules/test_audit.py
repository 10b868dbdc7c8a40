"""The audit can only be added to: what the functions may do to its table and to its archive."""

from tests.aws_rules.conftest import Resources, of_type


def allowed(resources: Resources, resource: str) -> dict[str, set[str]]:
    """Role -> the actions that it allows on anything whose ARN begins with this resource's."""
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

"""How long personal data is kept.

The deployment's parameters reach every function and agree with the defaults.
"""

from dataclasses import fields
from typing import Any

import pytest

from chalicelib.settings import Settings
from infra.ops import person_data
from tests.aws_rules.conftest import Resources, of_type

KEPT = [each.name for each in fields(Settings) if each.name.endswith("_kept_days")]


@pytest.mark.parametrize("name", KEPT)
def test_a_time_is_a_parameter_with_the_same_default(whole: dict[str, Any], resources: Resources, name: str) -> None:
    parameter = "".join(word.capitalize() for word in name.split("_"))
    assert whole["Parameters"][parameter]["Default"] == getattr(Settings("local", ""), name)
    for function in of_type(resources, "AWS::Lambda::Function").values():
        assert function["Environment"]["Variables"][name.upper()] == {"Ref": parameter}


def test_every_table_of_one_persons_data_deletes_what_has_expired(resources: Resources) -> None:
    assert len(KEPT) == 6
    tables = {t["TableName"]["Fn::Sub"].split("}-")[1]: t for t in of_type(resources, "AWS::DynamoDB::Table").values()}
    for name in (*person_data.BY_CID, "accesses", "messages", "batches", "line-links"):
        assert tables[name]["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}, name

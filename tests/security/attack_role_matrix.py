"""The whole role matrix, with more than 5,000 requests.

Only `make attack` collects this file.
"""

from infra.local.local_stack import LocalStack
from tests.hospitals import Hospitals
from tests.security import role_matrix


def test_every_action_role_level_and_hospital_is_answered_as_it_is_declared(
    local_stack: LocalStack, hospitals: Hospitals
) -> None:
    matrix = role_matrix.matrix(local_stack.endpoint, hospitals)
    problems = matrix.problems(matrix.all())
    assert not problems, problems
    assert matrix.requests > 5_000

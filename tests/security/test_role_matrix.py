"""Who may call what: the matrix of the declarations, compared with requests.

`make attack` sends all of them.
"""

import itertools

import pytest

from chalicelib.caller import LEVELS, ROLES
from infra.local.local_stack import LocalStack
from tests.hospitals import Hospitals
from tests.security import role_matrix
from tests.security.role_matrix import GUARDED, Matrix


@pytest.fixture(scope="module")
def matrix(local_stack: LocalStack, hospitals: Hospitals) -> Matrix:
    return role_matrix.matrix(local_stack.endpoint, hospitals)


def test_a_role_opens_the_actions_that_declare_it_at_their_level_and_no_others(matrix: Matrix) -> None:
    problems = matrix.problems(matrix.decisive())
    assert not problems, problems
    assert matrix.requests > 500


def test_the_whole_matrix_has_a_cell_for_every_action_role_and_level(matrix: Matrix) -> None:
    cells = list(matrix.all())
    assert len(cells) > 5_000
    decided = {(cell.endpoint.name, cell.caller.role, cell.caller.level) for cell in cells if cell.caller.role}
    assert len(decided) == len(list(itertools.product(GUARDED, ROLES, LEVELS)))

"""Fixtures: phones of people."""

import pytest

from infra.local.local_stack import LocalStack
from tests.client import new_cid
from tests.hospitals import Hospital
from tests.phone.phone import NAMED, Phone


@pytest.fixture
def phone(local_stack: LocalStack, hospital: Hospital) -> Phone:
    return Phone(local_stack.url, hospital.code)


@pytest.fixture
def own(phone: Phone) -> Phone:
    """A phone whose person is new in the registry and has sent a name."""
    phone.post("session", cid=new_cid())
    phone.post("person", **NAMED)
    return phone

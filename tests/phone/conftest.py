"""Phones for the tests of the person's side."""

import pytest

from infra.local.centre import Centre
from tests.client import new_cid
from tests.phone.phone import NAMED, Phone


@pytest.fixture
def phone(centre: Centre) -> Phone:
    return Phone(centre.url)


@pytest.fixture
def own(phone: Phone) -> Phone:
    """A phone whose person nobody knew before."""
    phone.post("session", cid=new_cid())
    phone.post("person", **NAMED)
    return phone

"""During a change of the key that signs tokens, valid tokens stay valid.

docs/operations.md.
"""

import subprocess
import sys

import boto3
import jwt
import pytest

from infra.local.child_processes import ROOT
from infra.local.local_stack import LocalStack

_ISSUE = """
from chalicelib import clock
from chalicelib.auth import tokens
from chalicelib.caller import Caller
print(tokens.issue(tokens.claims_for(Caller("his.demo", "00000"), 1), clock.now()))
"""
_READ = """
import sys
from chalicelib.auth import tokens
from chalicelib.errors import Unauthenticated
try:
    print(tokens.read(sys.argv[1]).login)
except Unauthenticated:
    print("refused")
"""


@pytest.fixture(scope="module")
def keys(local_stack: LocalStack) -> tuple[str, str]:
    """Two KMS keys, as the template has them."""
    kms = boto3.client(
        "kms",
        endpoint_url=local_stack.endpoint,
        region_name="ap-southeast-1",
        aws_access_key_id=local_stack.env["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=local_stack.env["AWS_SECRET_ACCESS_KEY"],
    )
    made = [kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"] for _ in range(2)]
    return made[0], made[1]


def run(local_stack: LocalStack, program: str, keys: tuple[str, ...], *arguments: str) -> str:
    """A function's process with these token keys, the signing one first."""
    env = {**local_stack.env, "TOKEN_KEYS": ",".join(keys)}
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], env=env, cwd=ROOT, capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_tokens_of_both_keys_are_valid_before_and_after_the_change(
    local_stack: LocalStack, keys: tuple[str, str]
) -> None:
    a, b = keys
    old = run(local_stack, _ISSUE, (a, b))
    new = run(local_stack, _ISSUE, (b, a))
    assert (jwt.get_unverified_header(old)["kid"], jwt.get_unverified_header(new)["kid"]) == (a, b)
    for functions_keys in ((a, b), (b, a)):
        assert run(local_stack, _READ, functions_keys, old) == "his.demo"
        assert run(local_stack, _READ, functions_keys, new) == "his.demo"


def test_a_token_of_a_key_that_is_not_the_deployments_is_refused(
    local_stack: LocalStack, keys: tuple[str, str]
) -> None:
    a, b = keys
    assert run(local_stack, _READ, (b,), run(local_stack, _ISSUE, (a,))) == "refused"

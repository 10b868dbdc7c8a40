"""Which refused requests the audit has, as the endpoints declare it."""

import app  # noqa: F401  imports every package
from chalicelib.endpoint import declared


def test_the_account_center_audits_what_roles_do_not_allow_and_no_other_api_does() -> None:
    account_center = {endpoint.name for endpoint in declared() if endpoint.path.startswith("/api/accounts/")}
    audited = {endpoint.name for endpoint in declared() if endpoint.audit_refusal}
    # One's own password is changed without any role.
    assert audited == account_center - {"POST /api/accounts/password"}

"""Apply one change to the accounts and groups of a hospital."""

from collections.abc import Callable

from chalicelib.accounts import administrators, authorization_rules, rules, store
from chalicelib.accounts.model import HospitalAccess
from chalicelib.audit import actions as audit
from chalicelib.audit.model import AuditEntry
from chalicelib.audit.rules import account_subject, group_subject
from chalicelib.auth import account_status
from chalicelib.caller import Caller
from chalicelib.errors import Forbidden, HospitalNotFound, LastAdministrator
from chalicelib.retry import RetryBudget


def apply(
    caller: Caller,
    hospital_code: str,
    action: str,
    login: str | None,
    edit: Callable[[HospitalAccess], HospitalAccess],
    takes_control: bool = False,
) -> HospitalAccess:
    """Apply one change to a hospital's accounts and groups.

    It reads, authorises, and writes with optimistic locking and audit.

    edit: turns the stored state into the wanted one. action, login: for the audit; login is None if the change is not
    about one account. takes_control: the caller must also be able to give every role that the account has. Raises what
    `edit` raises, Forbidden and its kinds, HospitalNotFound, LastAdministrator (these three are in the audit),
    TryAgain.
    """
    wanted: dict[str, str] = {}
    budget = RetryBudget()
    try:
        while True:
            before = store.hospital_access(hospital_code)
            # Read after `before`: if the caller loses the role in between, the version changes and the save fails.
            administrator = administrators.load_administrator(caller)
            administrators.check_hospital(administrator, hospital_code)
            if takes_control and login is not None:
                authorization_rules.check_control(administrator, before, rules.find_account(before, login))
            after = edit(before)
            wanted = _wanted(before, after)
            authorization_rules.check_change(administrator, before, after)
            if after == before or store.save(before, after, audit_entries(caller.actor, action, before, after)):
                account_status.clear_cache()
                return after
            budget.pause()
    except (Forbidden, HospitalNotFound, LastAdministrator):
        administrators.append_refused(caller, action, hospital_code, login, wanted)
        raise


def audit_entries(actor: str, action: str, before: HospitalAccess, after: HospitalAccess) -> list[AuditEntry]:
    """One audit entry per account and group that differs."""
    changes = {account_subject(after.hospital_code, n): c for n, c in rules.account_changes(before, after).items()}
    changes |= {group_subject(after.hospital_code, n): c for n, c in rules.group_changes(before, after).items()}
    return [audit.new_entry(subject, actor, action, each) for subject, each in changes.items()]


def _wanted(before: HospitalAccess, after: HospitalAccess) -> dict[str, str]:
    """Field -> wanted value, of everything that differs."""
    changes = [*rules.account_changes(before, after).values(), *rules.group_changes(before, after).values()]
    return {name: str(new) for each in changes for name, (_, new) in each.items()}

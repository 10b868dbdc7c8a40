"""Accounts and user groups as rows. Used by the stores of auth and of accounts."""

from chalicelib.auth.model import Account, Group
from chalicelib.mapping import Mapper
from chalicelib.tables import AccountItem


def account_item(login: str) -> str:
    return f"account#{login}"


def group_item(group_id: int) -> str:
    return f"group#{group_id}"


ACCOUNTS = Mapper(AccountItem, Account, keys=lambda account: {"item": account_item(account.login)})
GROUPS = Mapper(AccountItem, Group, keys=lambda group: {"item": group_item(group.group_id)})

"""Mappers of accounts and user groups, for the stores of auth and of accounts."""

from typing import Any

from chalicelib.auth.model import Account, Group
from chalicelib.row_mapper import Mapper
from chalicelib.tables import AccountItem


def account_item(login: str) -> str:
    return f"account#{login}"


def group_item(group_id: int) -> str:
    return f"group#{group_id}"


def has_token_version(version: int) -> Any:
    """The condition that an account has this token version.

    An account without one has version 0.
    """
    same = AccountItem.token_version == version
    return same if version else same | (AccountItem.item.exists() & AccountItem.token_version.does_not_exist())


ACCOUNTS = Mapper(AccountItem, Account, keys=lambda account: {"item": account_item(account.login)})
GROUPS = Mapper(AccountItem, Group, keys=lambda group: {"item": group_item(group.group_id)})

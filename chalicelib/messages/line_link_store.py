"""The line-links table: which LINE user is which person."""

from datetime import datetime

from pynamodb.exceptions import DoesNotExist, TransactWriteError

from chalicelib import storage
from chalicelib.messages import rules
from chalicelib.messages.batch_store import conditions_failed, transaction
from chalicelib.tables import LineLinkItem

_AT_ONCE = 100


def line_users(cids: list[str]) -> dict[str, str]:
    """id -> LINE user, for those who have linked one."""
    found = {}
    for some in rules.batches(cids, _AT_ONCE):
        rows = storage.batch_get([(LineLinkItem, f"cid#{cid}", None) for cid in some])
        found.update({cid: row.user_id for cid, row in zip(some, rows, strict=True) if isinstance(row, LineLinkItem)})
    return found


def person_of_line_user(user_id: str) -> str | None:
    try:
        return LineLinkItem.get(f"user#{user_id}", consistent_read=True).cid
    except DoesNotExist:
        return None


def offer_line_link(nonce: str, cid: str, expires_at: datetime) -> None:
    LineLinkItem(f"nonce#{nonce}", cid=cid, expires_at=expires_at).save()


def take_line_link(nonce: str, user_id: str, now: datetime) -> bool:
    """Links the LINE user to the person for whom the nonce was made; a nonce works once. False where it does not."""
    try:
        offered = LineLinkItem.get(f"nonce#{nonce}", consistent_read=True)
    except DoesNotExist:
        return False
    if offered.expires_at is None or offered.expires_at <= now:
        return False
    user_before, person_before = line_users([offered.cid]).get(offered.cid), person_of_line_user(user_id)
    try:
        with transaction() as together:
            together.delete(LineLinkItem(f"nonce#{nonce}"), condition=LineLinkItem.cid == offered.cid)
            # Both ends let go of whom they had: nobody's messages may reach somebody else's phone.
            if user_before and user_before != user_id:
                together.delete(LineLinkItem(f"user#{user_before}"))
            if person_before and person_before != offered.cid:
                together.delete(LineLinkItem(f"cid#{person_before}"))
            together.save(LineLinkItem(f"cid#{offered.cid}", cid=offered.cid, user_id=user_id))
            together.save(LineLinkItem(f"user#{user_id}", cid=offered.cid, user_id=user_id))
    except TransactWriteError as error:
        if conditions_failed(error):
            return False
        raise
    return True


def unlink_line_user(user_id: str) -> None:
    cid = person_of_line_user(user_id)
    if cid is None:
        return
    with transaction() as together:
        together.delete(LineLinkItem(f"user#{user_id}"))
        together.delete(LineLinkItem(f"cid#{cid}"))

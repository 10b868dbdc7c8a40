"""The line-links table: which LINE user is which person."""

from collections.abc import Sequence
from datetime import datetime

from pynamodb.expressions.condition import Condition

from chalicelib import storage
from chalicelib.messages.model import LineLink
from chalicelib.messages.rules import chunked
from chalicelib.row_mapper import Mapper
from chalicelib.tables import LineLinkItem

_PER_REQUEST = 100


def _person_key(cid: str) -> str:
    return f"cid#{cid}"


def _user_key(user_id: str) -> str:
    return f"user#{user_id}"


def _nonce_key(nonce: str) -> str:
    return f"nonce#{nonce}"


# A link is stored twice, by person and by LINE user. An offered link is stored under its nonce.
LINKS = Mapper(LineLinkItem, LineLink, keys=lambda link: {"key": _person_key(link.cid)})


def line_users(cids: Sequence[str]) -> dict[str, str]:
    """id -> LINE user, for the people among these who have linked one.

    No id may come twice.
    """
    users = {}
    for chunk in chunked(cids, _PER_REQUEST):
        rows = storage.batch_get([(LineLinkItem, _person_key(cid), None) for cid in chunk])
        users.update({cid: LINKS.read(row).user_id for cid, row in zip(chunk, rows, strict=True) if row})
    return users


def person_of_line_user(user_id: str) -> str | None:
    """The id of the person who linked this LINE user, or None."""
    row = storage.get(LineLinkItem, _user_key(user_id))
    return LINKS.read(row).cid if row else None


def offer_line_link(nonce: str, cid: str, expires_at: datetime) -> None:
    """Store a nonce with which the person may link a LINE user until it expires."""
    link = LineLink(cid, expires_at=expires_at)
    storage.write(storage.put(LineLinkItem(_nonce_key(nonce), **LINKS.values(link))))


def take_line_link(nonce: str, user_id: str, now: datetime, at: int) -> bool:
    """Link a LINE user to the person of the nonce.

    at: time of LINE's event, as `LineLink.linked_at`. Links that the person or the LINE user had before are removed: a
    message must not reach somebody else's phone. False if the nonce is unknown, used or expired, or if one of the two
    has a link that is newer than the event.
    """
    row = storage.get(LineLinkItem, _nonce_key(nonce))
    offered = LINKS.read(row) if row else None
    if offered is None or offered.expires_at is None or offered.expires_at <= now:
        return False
    user_before, person_before = line_users([offered.cid]).get(offered.cid), person_of_line_user(user_id)
    link = LineLink(offered.cid, user_id, at)
    older = _is_older_than(at)
    writes = [
        storage.delete(LineLinkItem(_nonce_key(nonce)), LineLinkItem.cid == offered.cid),
        storage.put(LINKS.row(link), older),
        storage.put(LineLinkItem(_user_key(user_id), **LINKS.values(link)), older),
    ]
    if user_before and user_before != user_id:
        writes.append(storage.delete(LineLinkItem(_user_key(user_before))))
    if person_before and person_before != offered.cid:
        writes.append(storage.delete(LineLinkItem(_person_key(person_before))))
    return storage.transact(writes) is None


def unlink_line_user(user_id: str, at: int) -> None:
    """Remove the link of a LINE user.

    at: time of LINE's event, as `LineLink.linked_at`. No-op if there is no link, or if the link is newer: LINE may send
    an event again, much later.
    """
    cid = person_of_line_user(user_id)
    if cid is not None:
        this_link = (LineLinkItem.cid == cid) & (LineLinkItem.user_id == user_id) & _is_older_than(at)
        storage.transact(
            [storage.delete(LineLinkItem(key), this_link) for key in (_user_key(user_id), _person_key(cid))]
        )


def _is_older_than(at: int) -> Condition:
    """The condition that there is no link, or one from before `at`."""
    condition: Condition = LineLinkItem.linked_at.does_not_exist() | (LineLinkItem.linked_at <= at)
    return condition

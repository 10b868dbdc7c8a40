"""Lease and outcome of a delivery on one channel.

They are columns of a batch's row, or of a notice's row.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar

from chalicelib import storage
from chalicelib.messages.delivery_rules import LEASE
from chalicelib.messages.model import ChannelDelivery
from chalicelib.row_mapper import Mapper


class _HasDeliveries(Protocol):
    def on(self, channel: str) -> ChannelDelivery: ...
    def with_delivery(self, channel: str, delivery: ChannelDelivery) -> Self: ...


Held = TypeVar("Held", bound=_HasDeliveries)


class ChannelLeases(Generic[Held]):
    """Leases and outcomes of deliveries, in the rows of a mapper.

    The mapper's table has the columns "app_sent", "line_sent" and so on. is_there: the condition that the row exists.
    """

    def __init__(self, mapper: Mapper[Any, Held], is_there: Any) -> None:
        self._mapper, self._is_there = mapper, is_there

    def hold(
        self, delivered: Held, channel: str, holder: str, now: datetime, in_doubt_from: datetime | None = None
    ) -> Held | None:
        """Take the lease of a delivery on a channel.

        holder: the same for every attempt at one queue message. The outcome is in doubt from now on, or from
        `in_doubt_from` on. Returns what is stored then; None if the delivery is done or another holder has the lease.
        """
        held_by, held_until = self._column(channel, "holder"), self._column(channel, "held_until")
        in_doubt_since = self._column(channel, "in_doubt_since")
        free = held_until.does_not_exist() | (held_until < now.isoformat()) | (held_by == holder)
        actions = [
            held_by.set(holder),
            held_until.set((now + LEASE).isoformat()),
            in_doubt_since.set(in_doubt_since | (in_doubt_from or now).isoformat()),
        ]
        condition = self._is_there & self._column(channel, "sent").does_not_exist() & free
        change = storage.update(self._mapper.key(delivered), actions, condition)
        return self._mapper.read(change.row) if storage.write(change) else None

    def note_attempt(
        self, delivered: Held, channel: str, held_until: datetime, in_doubt_since: datetime | None
    ) -> None:
        """Record an attempt: the end of its lease and, if given, its doubt.

        What an earlier attempt has recorded is kept: an end or a doubt is only written if the row has none.
        """
        until, doubt = self._column(channel, "held_until"), self._column(channel, "in_doubt_since")
        actions, untouched = [until.set(until | held_until.isoformat())], until.does_not_exist()
        if in_doubt_since is not None:
            actions.append(doubt.set(in_doubt_since.isoformat()))
            untouched = doubt.does_not_exist()
        condition = self._is_there & self._column(channel, "sent").does_not_exist() & untouched
        storage.write(storage.update(self._mapper.key(delivered), actions, condition))

    def release(self, held: Held, channel: str, clear_doubt: bool, held_until: datetime | None = None) -> None:
        """Give the lease back after an attempt that failed. No-op if the lease is lost.

        clear_doubt: neither this attempt nor one before it can have delivered anything. held_until: what the row keeps
        as the end of the lease, if it shall show that there was one.
        """
        before = held.on(channel)
        since = None if clear_doubt else before.in_doubt_since
        after = replace(before, holder="", held_until=held_until, in_doubt_since=since)
        actions = self._mapper.changes(held, held.with_delivery(channel, after))
        is_holder = self._column(channel, "holder") == before.holder
        storage.write(storage.update(self._mapper.key(held), actions, is_holder))

    def outcome(self, held: Held, channel: str, sent: int, failed: int, missed: str = "") -> storage.Write:
        """The write of an outcome; its condition fails if there is one already."""
        ended = replace(held.on(channel), holder="", held_until=None, in_doubt_since=None)
        after = replace(ended, sent=sent, failed=failed, missed=missed)
        actions = self._mapper.changes(held, held.with_delivery(channel, after))
        condition = self._is_there & self._column(channel, "sent").does_not_exist()
        return storage.update(self._mapper.key(held), actions, condition)

    def _column(self, channel: str, name: str) -> Any:
        return getattr(self._mapper.table, f"{channel}_{name}")

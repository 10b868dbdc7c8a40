"""From a list of national ids to batches of deliveries, portion by portion (docs/announcements.md).

A portion of 5,000 lines is decided in one transaction: its batches are made and the cursor moves, or nothing happens.
Its recipients are written after that, and whoever comes next writes them if this function died before it could. So the
memory does not grow with the file, a dead function repeats one portion at most, and nobody is a target twice.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice

from chalicelib.errors import MessageNotFound, TryAgain
from chalicelib.fields import read_cid
from chalicelib.messages import batch_store, cleanup, files, queues, rules, store
from chalicelib.messages.model import MatchingProgress, Message, Target
from chalicelib.messages.rules import TargetLine
from chalicelib.people import actions as people

# One run of the function; then it posts itself again, long before its time is up.
_PORTIONS_A_RUN = 20

MATCHING, MATCHED, FAILED = "matching", "matched", "failed"


def run(hospital_code: str, message_id: int, upload_id: str) -> None:
    """Matches an uploaded file from where its cursor is. Redelivered or repeated, it goes on; finished, or where the
    draft was deleted meanwhile, it does nothing."""
    try:
        message = store.message(hospital_code, message_id)
    except MessageNotFound:
        return
    cursor = batch_store.cursor(message)
    if cursor.upload_id != upload_id or cursor.upload_state != MATCHING:
        return
    cursor = finish_writing(message, cursor)
    lines = _lines(message, cursor)
    for _ in range(_PORTIONS_A_RUN):
        portion = list(islice(lines, rules.PORTION_LINES))
        cursor, _ = take(message, cursor, portion)
        if not cleanup.is_wanted(hospital_code, message_id, message.target_list):
            cleanup.forget_later(message)  # whoever deleted the draft may have been quicker than this portion
            return
        if cursor.upload_state != MATCHING:
            _send_on(store.message(hospital_code, message_id))
            return
    queues.post(queues.PREPARE, [match_job(message, upload_id)])


def _send_on(message: Message) -> None:
    """A colleague pressed "send" between the upload and its matching: these people are to get it, too."""
    if message.state == rules.SENDING:
        queues.post(queues.PREPARE, [dispatch_job(message)])


def match_job(message: Message, upload_id: str) -> dict[str, object]:
    return {
        "do": "match",
        "hospital_code": message.hospital_code,
        "message_id": message.message_id,
        "upload_id": upload_id,
    }


def dispatch_job(message: Message, first: int = 1) -> dict[str, object]:
    """The job that queues a message's batches from the first on."""
    return {
        "do": "dispatch",
        "hospital_code": message.hospital_code,
        "message_id": message.message_id,
        "first": first,
    }


def _lines(message: Message, cursor: MatchingProgress) -> Iterator[TargetLine]:
    blocks = files.blocks(message.key, cursor.upload_id, cursor.next_offset, cursor.upload_size)
    return rules.target_lines(blocks, cursor.next_offset, cursor.next_line)


def take(
    message: Message, cursor: MatchingProgress, lines: list[TargetLine]
) -> tuple[MatchingProgress, dict[int, str]]:
    """Decides one portion and writes its recipients; returns the cursor after it, and why lines were not taken.
    Raises TryAgain where another function decided it in the meantime."""
    targets, refused = _sort_out(message, cursor, lines)
    batches = [list(batch) for batch in rules.batches(targets)]
    moved = _moved(cursor, lines, len(batches), targets, refused)
    if moved.upload_id and refused:
        files.put_report(message.key, moved.upload_id, cursor.portion, sorted(refused.items()))
    if not batch_store.decide_portion(message, moved, batches):
        raise TryAgain()
    for number, batch in enumerate(batches, cursor.batches + 1):
        batch_store.write_recipients(message, number, batch)
    written = replace(moved, portion_written=moved.portion)
    if not batch_store.save_cursor(message, written):
        raise TryAgain()
    return written, refused


def finish_writing(message: Message, cursor: MatchingProgress) -> MatchingProgress:
    """Writes the recipients of the last portion where the function that decided it died before it could."""
    if cursor.portion_written == cursor.portion:
        return cursor
    for number in range(max(1, cursor.batches - rules.BATCHES_PER_PORTION + 1), cursor.batches + 1):
        cids = batch_store.cids_of(message, number)
        names = people.white_listed(message.hospital_code, cids)
        batch_store.write_recipients(message, number, [Target(cid, names.get(cid, "")) for cid in cids])
    written = replace(cursor, portion_written=cursor.portion)
    if not batch_store.save_cursor(message, written):
        raise TryAgain()
    return written


def _sort_out(
    message: Message, cursor: MatchingProgress, lines: Iterable[TargetLine]
) -> tuple[list[Target], dict[int, str]]:
    wanted: dict[str, int] = {}
    refused: dict[int, str] = {}
    for line in lines:
        if line.number > rules.LONGEST_FILE_LINES:
            refused[line.number] = rules.TOO_MANY_LINES
        elif line.text:
            try:
                cid = read_cid(line.text)
            except ValueError:
                refused[line.number] = rules.MALFORMED
                continue
            if cid in wanted:
                refused[line.number] = rules.DUPLICATE
            else:
                wanted[cid] = line.number
    if cursor.batches:
        for cid in batch_store.targets_among(message, list(wanted)):
            refused[wanted.pop(cid)] = rules.DUPLICATE
    names = people.white_listed(message.hospital_code, list(wanted))
    refused.update({number: rules.NOT_LISTED for cid, number in wanted.items() if cid not in names})
    return [Target(cid, names[cid]) for cid in wanted if cid in names], refused


def _moved(
    cursor: MatchingProgress, lines: list[TargetLine], batches: int, targets: list[Target], refused: dict[int, str]
) -> MatchingProgress:
    counts = Counter(cursor.counts)
    counts.update(refused.values())
    counts[rules.MATCHED] += len(targets)
    moved = replace(cursor, portion=cursor.portion + 1, batches=cursor.batches + batches, counts=dict(counts))
    if not cursor.upload_id or cursor.upload_state != MATCHING:
        return moved
    state = MATCHED if len(lines) < rules.PORTION_LINES else MATCHING
    if rules.TOO_MANY_LINES in refused.values():
        state = FAILED
    if not lines:
        return replace(moved, upload_state=state)
    return replace(moved, upload_state=state, next_offset=lines[-1].next_offset, next_line=lines[-1].number + 1)

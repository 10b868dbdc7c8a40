"""Turn national ids into batches of a message's target list, in chunks.

They come from a target file, the hospital's bookings or its white list (docs/announcements.md). One transaction decides
a chunk of 5,000 lines: it writes the batches and the progress, or nothing. The recipients are written after that; if
the function ends in between, the next one writes them. So the memory does not grow with the source, a run that was cut
off repeats one chunk at most, and nobody is a target twice.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import islice

from chalicelib.errors import MessageNotFound, TryAgain
from chalicelib.fields import read_cid
from chalicelib.messages import cleanup, file_store, job_queues, recipient_store, rules, store, target_list_store
from chalicelib.messages.jobs import DispatchBatches, MatchTargets
from chalicelib.messages.model import (
    DUPLICATE,
    MALFORMED,
    NOT_LISTED,
    TOO_MANY_LINES,
    UPLOAD_MATCHING,
    MatchingProgress,
    Message,
    Target,
)
from chalicelib.messages.source_model import BOOKINGS, WHITE_LIST, SourceRow, TargetSource
from chalicelib.messages.target_files import HEAD_BYTES, MAX_FILE_LINES, TargetLine, encoding_of, target_lines
from chalicelib.people import actions as people

# Half of the function's time limit (.chalice/config.json): no chunk begins later, and the next run goes on.
RUN_SECONDS = 60.0
_WHITE_LIST_PAGE = 1_000
# hospital code, what is read and how far -> the rows after that. It belongs to a package that this one may not import.
ReadBookings = Callable[[str, TargetSource], Iterable[SourceRow]]


def run(job: MatchTargets, read_bookings: ReadBookings, seconds: float = RUN_SECONDS) -> None:
    """Match an upload from its progress on, for about `seconds`.

    At least one chunk a run; then the next run is queued. If all chunks are decided, only missing recipients are
    written. No-op if the draft was deleted.
    """
    deadline = time.monotonic() + seconds
    try:
        message = store.message(job.hospital_code, job.message_id)
    except MessageNotFound:
        return
    progress = target_list_store.progress_of(message)
    if progress.upload_id != job.upload_id:
        return
    progress = finish_writing(message, progress)
    if progress.upload_state != UPLOAD_MATCHING:
        _clean_up_if_unused(job, message)
        return
    lines = _lines(message, progress, read_bookings)
    while True:
        progress, _refused = take(message, progress, list(islice(lines, rules.CHUNK_LINES)))
        if _clean_up_if_unused(job, message) or progress.upload_state != UPLOAD_MATCHING:
            return
        if time.monotonic() >= deadline:
            job_queues.post(job_queues.PREPARE, [job])
            return


def _clean_up_if_unused(job: MatchTargets, message: Message) -> bool:
    """Delete the target list if its draft was deleted or emptied meanwhile.

    Returns whether it was. The clean-up of the draft may have run before the last recipients were written.
    """
    if cleanup.is_in_use(job.hospital_code, job.message_id, message.target_list):
        return False
    cleanup.clean_up_later(message)
    return True


def _lines(message: Message, progress: MatchingProgress, read_bookings: ReadBookings) -> Iterator[TargetLine]:
    """The lines of the upload that are not matched yet."""
    source, hospital_code = progress.source, message.hospital_code
    if source.kind:
        rows = _white_list(hospital_code, source) if source.kind == WHITE_LIST else read_bookings(hospital_code, source)
        numbered = enumerate(rows, progress.next_line)
        return (TargetLine(number, row.cid, row.days_done, row.position) for number, row in numbered)
    file = message.list_key, progress.upload_id
    head = next(file_store.blocks(*file, 0, min(progress.upload_size, HEAD_BYTES)), b"")
    blocks = file_store.blocks(*file, progress.next_offset, progress.upload_size)
    return target_lines(blocks, progress.next_offset, progress.next_line, encoding_of(head))


def _white_list(hospital_code: str, source: TargetSource) -> Iterator[SourceRow]:
    after = source.after
    while page := people.white_list_of(hospital_code, after, _WHITE_LIST_PAGE):
        for person in page:
            yield SourceRow(person.cid, position=person.cid)
        after = page[-1].cid


def match_later(message: Message, upload_id: str) -> None:
    """Queue the matching of an uploaded file."""
    job_queues.post(job_queues.PREPARE, [MatchTargets(message.hospital_code, message.message_id, upload_id)])


def dispatch_later(message: Message, first_batch: int = 1) -> None:
    """Queue the dispatch of a message's batches from the first one on."""
    job_queues.post(job_queues.PREPARE, [DispatchBatches(message.hospital_code, message.message_id, first_batch)])


def take(
    message: Message, progress: MatchingProgress, lines: list[TargetLine]
) -> tuple[MatchingProgress, dict[int, str]]:
    """Decide one chunk and write its recipients.

    Returns the progress after it, and line number -> why it was refused. Raises TryAgain if another function decided
    the chunk in the meantime.
    """
    targets, refused = _sort(message, progress, lines)
    batches = list(rules.chunked(targets, rules.BATCH_SIZE))
    decided = rules.next_progress(progress, lines, len(targets), len(batches), refused)
    if decided.upload_id and refused and not decided.source.kind:  # only a file has lines that a report can name
        report = sorted(refused.items())
        file_store.put_report(message.list_key, decided.upload_id, progress.chunks_decided, report)
    if not target_list_store.decide_chunk(decided, batches):
        raise TryAgain()
    for number, batch in enumerate(batches, progress.batches + 1):
        recipient_store.add(message, number, batch)
    return _written(decided), refused


def finish_writing(message: Message, progress: MatchingProgress) -> MatchingProgress:
    """Write the recipients of the last chunk if they are missing.

    They are if the function that decided the chunk ended before it wrote them. Returns the progress.
    """
    if progress.chunks_written == progress.chunks_decided:
        return progress
    for number in range(max(1, progress.batches - rules.BATCHES_PER_CHUNK + 1), progress.batches + 1):
        cids = target_list_store.cids_of(message, number)
        names = _names(message, progress, cids)
        recipient_store.add(message, number, [Target(cid, names.get(cid, "")) for cid in cids])
    return _written(progress)


def _written(progress: MatchingProgress) -> MatchingProgress:
    written = replace(progress, chunks_written=progress.chunks_decided)
    if not target_list_store.save_progress(progress, written):
        raise TryAgain()
    return written


def _sort(
    message: Message, progress: MatchingProgress, lines: Iterable[TargetLine]
) -> tuple[list[Target], dict[int, str]]:
    """The new targets among the lines, and line number -> why a line was refused.

    Empty lines are neither.
    """
    wanted: dict[str, int] = {}
    refused: dict[int, str] = {}
    for line in lines:
        if line.number > MAX_FILE_LINES:
            refused[line.number] = TOO_MANY_LINES
        elif line.text:
            try:
                cid = read_cid(line.text)
            except ValueError:
                refused[line.number] = MALFORMED
                continue
            if cid in wanted:
                refused[line.number] = DUPLICATE
            else:
                wanted[cid] = line.number
    if progress.batches:
        for cid in recipient_store.of_message(message, list(wanted)):
            refused[wanted.pop(cid)] = DUPLICATE
    names = _names(message, progress, list(wanted))
    refused.update({number: NOT_LISTED for cid, number in wanted.items() if cid not in names})
    return [Target(cid, names[cid]) for cid in wanted if cid in names], refused


def _names(message: Message, progress: MatchingProgress, cids: list[str]) -> dict[str, str]:
    """id -> name, for the ids among these that may become targets.

    They are people of the hospital's white list. Somebody with an appointment there needs no entry in it.
    """
    if progress.source.kind == BOOKINGS:
        return dict.fromkeys(cids, "") | people.names_of(message.hospital_code, cids)
    return people.white_listed(message.hospital_code, cids)

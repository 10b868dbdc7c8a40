"""Matching of target files with the white list, chunk by chunk. In memory, single-threaded."""

from dataclasses import replace

import pytest

from chalicelib.errors import TryAgain
from chalicelib.messages import recipient_import, target_list_store
from chalicelib.messages.model import UPLOAD_MATCHED, UPLOAD_MATCHING, Target
from tests.messages.conftest import message


def test_a_function_that_ends_late_leaves_the_upload_that_began_meanwhile_as_it_is(memory: None) -> None:
    """It has decided the last chunk; before it notes that its recipients are written, the next file is uploaded."""
    draft = message()
    first = replace(target_list_store.progress_of(draft), upload_id="first", upload_state=UPLOAD_MATCHED)
    decided = replace(first, chunks_decided=1, batches=1)
    assert target_list_store.decide_chunk(decided, [[Target("1111111111119", "ก")]])
    ready = recipient_import.finish_writing(draft, decided)
    second = replace(ready, upload_id="second", upload_state=UPLOAD_MATCHING)
    assert target_list_store.save_progress(ready, second)

    with pytest.raises(TryAgain):
        recipient_import.finish_writing(draft, decided)

    assert target_list_store.progress_of(draft) == second


def test_of_two_uploads_that_begin_at_once_one_is_told_to_try_again(memory: None) -> None:
    draft = message()
    nothing = target_list_store.progress_of(draft)
    first, second = (replace(nothing, upload_id=name, upload_state=UPLOAD_MATCHING) for name in ("first", "second"))

    assert target_list_store.save_progress(nothing, first)

    assert not target_list_store.save_progress(nothing, second)
    assert target_list_store.progress_of(draft) == first

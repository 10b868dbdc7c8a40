"""An audit entry is added once and never changed. In memory, single-threaded."""

import re
from dataclasses import replace

import pytest

from chalicelib.audit import actions
from chalicelib.audit.model import AuditEntry
from chalicelib.errors import TryAgain
from infra.local.child_processes import ROOT

ENTRY = AuditEntry("account#00000#staff", "2026-11-27T10:00:00.000000+07:00#a1b2c3", "admin@00000", "deactivate")
FORGED = replace(ENTRY, actor="somebody.else@00000")


def test_an_entry_that_exists_is_not_replaced(memory: None) -> None:
    actions.append(ENTRY)
    with pytest.raises(TryAgain):
        actions.append(FORGED)
    assert actions.newest(ENTRY.subject) == [ENTRY]


def test_a_batch_of_a_stream_replaces_no_entry_either(memory: None) -> None:
    actions.append(ENTRY)
    actions.append_batch([FORGED])
    assert actions.newest(ENTRY.subject) == [ENTRY]


def test_only_the_audits_own_stores_write_to_its_table() -> None:
    sources = (ROOT / "chalicelib").rglob("*.py")
    named = {path.relative_to(ROOT).as_posix() for path in sources if "AuditItem" in path.read_text(encoding="utf-8")}
    assert named == {"chalicelib/tables.py", "chalicelib/audit/rows.py", "chalicelib/audit/store.py"}
    store = (ROOT / "chalicelib/audit/store.py").read_text(encoding="utf-8")
    assert re.findall(r"AuditItem\.(\w+)", store) == ["at", "query"]

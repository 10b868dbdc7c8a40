"""docs/protocol.md names steps of the model and functions; both must exist."""

import importlib
import re
from pathlib import Path

PAGE = Path("docs/protocol.md").read_text(encoding="utf-8")
MODEL = Path("tests/protocol/booking.pml").read_text(encoding="utf-8")
MODULES = {"storage": "chalicelib.storage"} | {
    name: f"chalicelib.booking.{name}" for name in ("actions", "closures", "limit_rules", "rules", "store")
}


def _rows() -> list[tuple[str, str]]:
    section = PAGE.split("## Which code each step is")[1].split("##")[0]
    return re.findall(r"^\| (.+?) \| (.+?) \|$", section, re.MULTILINE)[1:]


def test_every_function_on_the_page_exists() -> None:
    functions = re.findall(r"`(\w+)\.(\w+)`", " ".join(code for _, code in _rows()))
    assert len(functions) > 15
    missing = [f"{m}.{f}" for m, f in functions if not hasattr(importlib.import_module(MODULES[m]), f)]
    assert missing == []


def test_every_step_on_the_page_is_in_the_model() -> None:
    steps = re.findall(r"`(\w+)`", " ".join(step for step, _ in _rows()))
    assert len(steps) > 12
    assert [step for step in steps if not re.search(rf"\b{step}\b", MODEL)] == []

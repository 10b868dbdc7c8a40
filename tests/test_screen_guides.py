"""The guides for a hospital's staff: words in *italics* are on the screens."""

import re

import pytest

from infra.local.child_processes import ROOT

SCREENS = ROOT / "dashboard" / "src"
GUIDES = ["announcement-guide.th", "announcement-guide.en", "queue-guide.th", "queue-guide.en"]


def words_of_screens() -> set[str]:
    """The texts between quotation marks in the sources of the screens."""
    sources = [path.read_text() for path in SCREENS.rglob("*.ts*") if ".test." not in path.name]
    return {text for source in sources for text in re.findall(r'"([^"\n]+)"', source)}


@pytest.mark.parametrize("guide", GUIDES)
def test_a_guide_names_what_the_screens_say(guide: str) -> None:
    text = (ROOT / "docs" / f"{guide}.md").read_text()
    named = set(re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", text))
    assert len(named) > 5
    assert named - words_of_screens() == set()

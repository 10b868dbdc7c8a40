"""Kinds of faults for `parametrize`: one of each class, the others large."""

from tests.faults.api import KINDS_AFTER_THE_EFFECT, KINDS_WITHOUT_EFFECT
from tests.large import large_unless

WITHOUT_EFFECT = large_unless({"throttled"}, KINDS_WITHOUT_EFFECT)
AFTER_THE_EFFECT = large_unless({"cut-off"}, KINDS_AFTER_THE_EFFECT)
EVERY_KIND = WITHOUT_EFFECT + AFTER_THE_EFFECT

"""Thailand's public and government holidays, worked out beforehand from the `holidays` package.

    python -m infra.generate.holidays            writes chalicelib/schedules/thai_holidays.py
    python -m infra.generate.holidays --check    fails where the file differs

docs/adr/0007 says why. When the cabinet announces a day: raise the pinned version, run this, and read what changed.
"""

import sys
from pathlib import Path

import holidays

FILE = Path(__file__).resolve().parents[2] / "chalicelib" / "schedules" / "thai_holidays.py"
FIRST, LAST = 2025, 2036
_HEAD = '''"""Thailand's public and government holidays: date -> (Thai name, English name).

Made by `python -m infra.generate.holidays`, which says why it is made beforehand.
"""

FIRST_YEAR, LAST_YEAR = {first}, {last}

HOLIDAYS = {{
'''


def text() -> str:
    """The file as the package has it now."""
    years = range(FIRST, LAST + 1)
    categories = ("public", "government")
    thai = holidays.country_holidays("TH", years=years, language="th", categories=categories)
    english = holidays.country_holidays("TH", years=years, language="en_US", categories=categories)
    lines = [f'    "{day}": ("{thai[day]}", "{english[day]}"),\n' for day in sorted(thai)]
    return _HEAD.format(first=FIRST, last=LAST) + "".join(lines) + "}\n"


def main() -> int:
    made = text()
    if "--check" not in sys.argv[1:]:
        FILE.write_text(made, encoding="utf-8")
        return 0
    if FILE.read_text(encoding="utf-8") == made:
        return 0
    print(
        f"{FILE.name} is not what the package says: run `python -m infra.generate.holidays` and look at the difference"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())

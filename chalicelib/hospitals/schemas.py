"""What several routes of the Account Center take: a hospital in the path, a version, a page."""

from typing import Annotated

import msgspec

from chalicelib.fields import HospitalCode, number

Version = Annotated[int, number(1, 2**31 - 1, "the version that was read; EditConflict where it is another by now", 1)]
Offset = Annotated[int, number(0, 1_000_000, "how many to pass over", 0)]
Limit = Annotated[int, number(1, 200, "how many at most", 50)]


class HospitalPath(msgspec.Struct):
    hospital_code: HospitalCode

"""Request parameters of several Account Center routes: hospital, version, page."""

from typing import Annotated

import msgspec

from chalicelib.fields import HospitalCode, number

Version = Annotated[int, number(1, 2**31 - 1, "the version that was read; EditConflict if it has changed since", 1)]
Offset = Annotated[int, number(0, 1_000_000, "how many to pass over", 0)]
Limit = Annotated[int, number(1, 200, "how many at most", 50)]


class HospitalPath(msgspec.Struct):
    hospital_code: HospitalCode

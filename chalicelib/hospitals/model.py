"""A hospital's own entry in the register."""

from dataclasses import dataclass

from chalicelib.hospitals.provinces import PROVINCES


@dataclass(frozen=True)
class Hospital:
    """A hospital (หน่วยบริการ) as the manual's figure 3 lists it.

    district: สาขา. years: จำนวนปี.
    """

    hospital_code: str
    name: str
    province_code: str
    district: str = ""
    years: int = 0
    version: int = 1

    @property
    def province_name(self) -> str:
        return PROVINCES.get(self.province_code, "")


@dataclass(frozen=True)
class InvalidLine:
    """A line of the national list that cannot be imported, numbered from 1.

    reason: Thai; english: the same.
    """

    line: int
    reason: str
    english: str

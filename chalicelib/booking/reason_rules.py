"""Reasons for which a hospital cancels or moves an appointment. Pure.

A stored reason (`Appointment.reason`) is one text: a code of REASONS, or the hospital's own words, with the same in
English on a second line if it was given.
"""

# Why a hospital cancels or moves an appointment. None of them says anything of the person's health.
REASONS = {
    "doctor_away": ("แพทย์ติดราชการ", "the doctor is away on duty"),
    "doctor_on_leave": ("แพทย์ลา", "the doctor is on leave"),
    "clinic_closed": ("คลินิกปิดทำการ", "the clinic is closed"),
    "equipment": ("เครื่องมือขัดข้อง", "equipment has failed"),
    "emergency": ("มีเหตุฉุกเฉินในโรงพยาบาล", "an emergency in the hospital"),
    "asked": ("ท่านแจ้งขอยกเลิกหรือเลื่อน", "you asked for it"),
    "mistake": ("บันทึกผิดพลาด", "it was entered by mistake"),
}


def stored(reason: str, in_english: str) -> str:
    """A reason as it is stored. in_english: ignored for a code."""
    return f"{reason}\n{in_english}" if reason and in_english and reason not in REASONS else reason


def sent(stored_reason: str) -> tuple[str, str]:
    """A stored reason as clients send and get it.

    It is a code or own words, and the own words in English or "".
    """
    reason, _, in_english = stored_reason.partition("\n")
    return reason, in_english


def in_words(stored_reason: str) -> tuple[str, str]:
    """A stored reason in Thai and in English.

    Own words without English are the same in both.
    """
    reason, in_english = sent(stored_reason)
    return REASONS.get(reason) or (reason, in_english or reason)

"""Constants of the demo data of `make run`.

Tests and visitors rely on it; no deployment contains it.
"""

from chalicelib.fields import check_digit
from chalicelib.people.model import Person

DAYS, PLACES = 30, 20
PROVINCES = {
    "10": "กรุงเทพมหานคร",
    "11": "สมุทรปราการ",
    "12": "นนทบุรี",
    "16": "ลพบุรี",
    "17": "สิงห์บุรี",
    "18": "ชัยนาท",
    "19": "สระบุรี",
    "20": "ชลบุรี",
    "21": "ระยอง",
    "24": "ฉะเชิงเทรา",
    "84": "สุราษฎร์ธานี",
}
# code, name, province, district, years: the manual's figure 3, with the demo hospital in front.
HOSPITALS = [
    ("00000", "รพ.ทดสอบระบบ", "84", "เมืองสุราษฎร์ธานี", 19),
    ("00001", "สำนักงานสาธารณสุขจังหวัดสมุทรปราการ", "11", "เมืองสมุทรปราการ", 13),
    ("00002", "สำนักงานสาธารณสุขจังหวัดนนทบุรี", "12", "เมืองนนทบุรี", 18),
    ("00003", "สำนักงานสาธารณสุขจังหวัดนนทบุรี สาขา 2", "12", "เมืองนนทบุรี", 4),
    ("00004", "สำนักงานสาธารณสุขจังหวัดระยอง", "21", "ท่าเรือระยอง", 9),
    ("00005", "สำนักงานสาธารณสุขจังหวัดฉะเชิงเทรา", "24", "เมืองฉะเชิงเทรา", 6),
    ("00006", "สำนักงานสาธารณสุขจังหวัดชลบุรี", "20", "เมืองชลบุรี", 7),
    ("00007", "สำนักงานสาธารณสุขจังหวัดสิงห์บุรี", "17", "เมืองสิงห์บุรี", 10),
    ("00008", "สำนักงานสาธารณสุขจังหวัดชัยนาท", "18", "เมืองชัยนาท", 11),
    ("00009", "สำนักงานสาธารณสุขจังหวัดสระบุรี", "19", "เมืองสระบุรี", 6),
    ("00010", "สำนักงานสาธารณสุขจังหวัดลพบุรี", "16", "เมืองลพบุรี", 14),
    ("00011", "สำนักงานสาธารณสุขจังหวัดระยอง สาขา 2", "21", "เมืองระยอง", 12),
    ("00012", "สำนักงานสาธารณสุขจังหวัดสิงห์บุรี สาขา 2", "17", "เมืองสิงห์บุรี", 14),
    *((f"{n:05d}", f"สำนักงานสาธารณสุขจังหวัดนนทบุรี สาขา {n - 10}", "12", "เมืองนนทบุรี", 4 + n % 9) for n in range(13, 25)),
]
DEPARTMENTS = [(1, "อายุรกรรม"), (2, "ฉีดวัคซีน")]
ROOMS = [(1, "ห้องตรวจ อายุรกรรม 1", 1, "A", 3), (2, "ห้องฉีดวัคซีน 1", 2, "V", 3)]
PERIODS = [
    (hour - 7, f"{hour:02d}.00 - {hour:02d}.59 น.", f"{hour:02d}:00:00", f"{hour:02d}:59:59") for hour in range(8, 16)
]
ACCOUNTS = [
    ("his.demo", "00000", "HIS สาธิต", "APPOINTMENT_API:1", "His-demo-1"),
    (
        "staff.demo",
        "00000",
        "เจ้าหน้าที่ สาธิต",
        "APPOINTMENT_DASHBOARD:1 IMMUNIZATION_SLOT:1 IMMUNIZATION_SLOT_MANAGER:1 IMMUNIZATION_DASHBOARD:1",
        "Staff-demo-1",
    ),
    ("admin.demo", "00000", "ผู้ดูแลรหัส สาธิต", "ACCOUNT_ADMIN:1", "Admin-demo-1"),
    ("province.demo", "00001", "สสจ. สาธิต", "ACCOUNT_ADMIN:3", "Province-demo-1"),
    ("mohprompt.demo", "00000", "หมอพร้อม สาธิต", "APPOINTMENT_API:5", "Mohprompt-demo-1"),
    ("his2.demo", "00002", "HIS สาธิต 2", "APPOINTMENT_API:1", "His2-demo-1"),
]
# The showcase hospital (showcase.py), which only `make run` has.
SHOWCASE = ("99900", "รพ.ตัวอย่างใจดี (ข้อมูลสาธิต)", "11", "เมืองสมุทรปราการ", 12)
# A hospital of the same province that has opened nothing.
SHOWCASE_NEIGHBOUR = ("99902", "รพ.ตัวอย่างเพิ่งเริ่มใช้ (ข้อมูลสาธิต)", "11", "บางพลี", 1)
SHOWCASE_ACCOUNTS = [
    (
        "clerk.demo",
        SHOWCASE[0],
        "พยาบาล สาธิต",
        "APPOINTMENT_DASHBOARD:1 IMMUNIZATION_SLOT:1 IMMUNIZATION_SLOT_MANAGER:1 IMMUNIZATION_DASHBOARD:1",
        "Clerk-demo-1",
    ),
    ("head.demo", SHOWCASE[0], "หัวหน้า สาธิต", "ACCOUNT_ADMIN:1", "Head-demo-1"),
    ("kiosk.demo", SHOWCASE[0], "ตู้ลงทะเบียน สาธิต", "QUEUE_KIOSK:1", "Kiosk-demo-1"),
]
# Login, hospital and password of the Mor Prom app's back end.
APP_CREDENTIALS = next((login, code, password) for login, code, _, _, password in ACCOUNTS if login == "mohprompt.demo")
_NAMES = [
    ("นาย", "สมชาย", "ใจดี", 1),
    ("นาง", "สมหญิง", "รักไทย", 2),
    ("นาย", "ประเสริฐ", "มั่นคง", 1),
    ("นางสาว", "มาลี", "ดอกไม้", 2),
    ("นาย", "วิชัย", "เก่งกล้า", 1),
    ("นาง", "สุดา", "แสนสุข", 2),
    ("นาย", "อนันต์", "พูนผล", 1),
    ("นางสาว", "พิมพ์ใจ", "งามตา", 2),
    ("นาย", "ธนา", "ทรัพย์มาก", 1),
    ("นาง", "บุญมี", "ศรีสุข", 2),
    ("เด็กชาย", "ต้นกล้า", "ใจดี", 1),
    ("เด็กหญิง", "ใบบัว", "รักไทย", 2),
]


def demo_cid(number: int) -> str:
    """The national id of a demo person: 13 digits with a correct check digit."""
    first_12 = f"11000000{number:04d}"
    return f"{first_12}{check_digit(first_12)}"


PEOPLE = [
    Person(
        cid=demo_cid(n),
        prefix=prefix,
        first_name=first,
        last_name=last,
        gender=gender,
        birth_date=f"{1950 + 5 * n}-0{n % 9 + 1}-15",
        mobile_phone=f"000-00000{n:02d}",
    )
    for n, (prefix, first, last, gender) in enumerate(_NAMES, start=1)
]

# The other people have no LINE account, so that both outcomes of a delivery can be seen.
LINE_USERS = {demo_cid(n): f"U{n:032x}" for n in range(4, 9)}

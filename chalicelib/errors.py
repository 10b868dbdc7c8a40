"""The errors of the API, by family.

    ApiError                    any error that a client can understand
      Unauthenticated          no valid sign-in
        SignInFailed  SignInLocked
      Forbidden                signed in, but not allowed
        PasswordMustChange  OutOfReach  OwnAccount
      Invalid                  the request itself is wrong; names the fields
        UnknownAction  UnreadableCode
      NotFound                 does not exist, or the caller may not see it
        HospitalNotFound  ScheduleNotFound  AppointmentNotFound  PersonNotFound
        AccountNotFound  GroupNotFound  MessageNotFound  PathNotFound  PointNotFound
      Conflict                 not possible in the present state
        SlotsFull  PlaceTaken  AlreadyBooked  ScheduleClosed  ScheduleNotOnline  PeriodEnded  TooLate
        AppointmentCancelled  AppointmentPostponed  EditConflict  InUse  LimitReached
        OutsideNotAllowed  OutsideShareReached
        WrongDay  TooEarly  OtherHospital  NoServicePoint  VisitEnded
        NobodyWaiting  CounterBusy  CallEnded
        ScheduleExists  NameTaken  HolidayExists  BelowBooked
        LastAdministrator  LoginTaken  HospitalExists
        MessageNotDraft  MessageNotSending  StillMatching  NothingToSend
      WrongMethod              the path exists, with another method
      TooMany                  too many requests
        TooManyAnnouncements  TooManyForPerson  PeopleQuotaReached
      TryAgain                 nothing was done; the same request may succeed in a moment

An error has a code (contract: clients branch on it), a Thai sentence that tells a person what to do, the same in
English, and the fields it is about. `http_adapter.py` gives each family its HTTP status. This file imports nothing.
"""


class ApiError(Exception):
    """An error that is answered with its code and message.

    code: stable name in `Error.code`. thai, english: sentences. fields: field name -> what is wrong with it, in
    English. details: more keys of the `Error` object (for example both versions of an edit conflict). retry_after:
    seconds, if waiting helps.
    """

    code = "ApiError"
    thai = "ไม่สามารถทำรายการได้"
    english = "The request was refused."
    retry_after: int | None = None

    def __init__(
        self,
        english: str | None = None,
        thai: str | None = None,
        *,
        fields: dict[str, str] | None = None,
        details: dict[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        self.english = english or self.english
        self.thai = thai or self.thai
        self.fields = fields or {}
        self.details = details or {}
        self.retry_after = retry_after or self.retry_after
        super().__init__(self.english)


class Unauthenticated(ApiError):
    code = "Unauthenticated"
    thai = "ไม่พบ token หรือ token หมดอายุ กรุณาขอ token ใหม่แล้วลองอีกครั้ง"
    english = "No valid token. Ask for a new one at /token?Action=get_moph_access_token and try once more."


class SignInFailed(Unauthenticated):
    code = "SignInFailed"
    thai = "ชื่อผู้ใช้ รหัสผ่าน หรือรหัสหน่วยบริการไม่ถูกต้อง"
    english = "The user, the password or the hospital code is wrong."


class SignInLocked(Unauthenticated):
    code = "SignInLocked"
    thai = "ใส่รหัสผ่านผิดหลายครั้งติดต่อกัน ระบบล็อกการเข้าใช้งาน 15 นาที กรุณาลองใหม่ภายหลังหรือติดต่อผู้ดูแลรหัส Login"
    english = "Too many wrong passwords in a row: this login is locked for 15 minutes. Wait, or ask your administrator."


class Forbidden(ApiError):
    code = "Forbidden"
    thai = "บัญชีนี้ไม่มีสิทธิ์ทำรายการนี้ กรุณาติดต่อผู้ดูแลรหัส Login ของหน่วยบริการ"
    english = "This account may not do this. Ask your hospital's login administrator for the role."


class PasswordMustChange(Forbidden):
    code = "PasswordMustChange"
    thai = "กรุณาเปลี่ยนรหัสผ่านก่อนใช้งานครั้งแรก"
    english = "Change the first password before anything else."


class OutOfReach(Forbidden):
    """The administrator may not give these roles; the fields name them."""

    code = "OutOfReach"
    thai = "สิทธิ์นี้เกินขอบเขตที่ท่านกำหนดได้ กรุณาติดต่อผู้ดูแลรหัส Login ระดับที่สูงกว่า"
    english = "This is above your level. Ask an administrator of a higher level."


class OwnAccount(Forbidden):
    code = "OwnAccount"
    thai = "ไม่สามารถเปลี่ยนสิทธิ์หรือสถานะของบัญชีตนเองได้ กรุณาให้ผู้ดูแลรหัส Login คนอื่นดำเนินการ"
    english = "Nobody changes his own roles or account status. Ask another administrator."


class Invalid(ApiError):
    code = "InvalidRequest"
    thai = "ข้อมูลที่ส่งมาไม่ถูกต้อง กรุณาตรวจสอบแล้วส่งใหม่"
    english = "The request is wrong; see the fields."


class UnknownAction(Invalid):
    code = "UnknownAction"
    thai = "ไม่รู้จัก Action ที่ระบุ กรุณาตรวจสอบการสะกดและตัวพิมพ์เล็กใหญ่"
    english = "No such Action here. Actions are matched exactly, capital letters included."


class UnreadableCode(Invalid):
    code = "UnreadableCode"
    thai = "อ่านรหัสไม่ได้ กรุณาสแกนใบนัดอีกครั้ง หรือพิมพ์เลขบัตรประชาชน 13 หลัก หากยังไม่ได้ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์"
    english = (
        "This code cannot be read. Scan the slip again, or type the 13 digits of the national id. If it still does not"
        " work, ask the staff at the information desk."
    )


class NotFound(ApiError):
    code = "NotFound"
    thai = "ไม่พบข้อมูลที่ระบุ"
    english = "There is no such thing, or none that you may see."


class HospitalNotFound(NotFound):
    code = "HospitalNotFound"
    thai = "ไม่พบหน่วยบริการตามรหัสที่ระบุ"
    english = "No hospital has this code."


class AccountNotFound(NotFound):
    code = "AccountNotFound"
    thai = "ไม่พบรหัส Login นี้ในหน่วยบริการ"
    english = "This hospital has no such login."


class GroupNotFound(NotFound):
    code = "GroupNotFound"
    thai = "ไม่พบกลุ่มผู้ใช้งานนี้ในหน่วยบริการ"
    english = "This hospital has no such user group."


class ScheduleNotFound(NotFound):
    code = "ScheduleNotFound"
    thai = "ไม่พบตารางเวลาที่ระบุในหน่วยบริการนี้ กรุณาตรวจสอบตารางนัดหมายอีกครั้ง"
    english = "This hospital has no such schedule_id. Ask GetHospitalSlotByDate again."


class MessageNotFound(NotFound):
    code = "MessageNotFound"
    thai = "ไม่พบข้อความที่ระบุ"
    english = "There is no such message, or none that you may see."


class AppointmentNotFound(NotFound):
    code = "AppointmentNotFound"
    thai = "ไม่พบการนัดหมายที่ระบุ"
    english = "There is no such appointment, or none that you may see."


class PersonNotFound(NotFound):
    code = "PersonNotFound"
    thai = "ไม่พบข้อมูลบุคคลตามเลขที่บัตรประชาชนนี้ กรุณาเพิ่มรายชื่อ (White list)"
    english = "Nobody has this national id in the registry. Add the person to the white list."


class PointNotFound(NotFound):
    code = "PointNotFound"
    thai = "ไม่พบจุดบริการที่ระบุในหน่วยบริการนี้"
    english = "This hospital has no such service point."


class Conflict(ApiError):
    code = "Conflict"
    thai = "ไม่สามารถทำรายการได้ในสถานะปัจจุบัน"
    english = "The request is right but cannot be done as things stand."


class SlotsFull(Conflict):
    code = "SlotsFull"
    thai = "คิวในช่วงเวลานี้เต็มแล้ว กรุณาเลือกช่วงเวลาอื่น"
    english = "Every place of this schedule is taken. Choose another."


class AlreadyBooked(Conflict):
    code = "AlreadyBooked"
    thai = "ผู้รับบริการมีนัดหมายในช่วงเวลานี้อยู่แล้ว"
    english = "This person already holds a place in this schedule."


class PlaceTaken(Conflict):
    code = "PlaceTaken"
    thai = "คิวนี้มีผู้อื่นจองไปแล้ว คืนให้ไม่ได้ กรุณาจองเวลาอื่นให้ผู้รับบริการ"
    english = "Somebody else has taken this place, so it cannot be given back. Book another time for the person."


class ScheduleClosed(Conflict):
    code = "ScheduleClosed"
    thai = "ตารางเวลานี้ปิดรับนัดแล้ว กรุณาเลือกช่วงเวลาอื่น"
    english = "This schedule has been closed. Choose another."


class ScheduleNotOnline(Conflict):
    code = "ScheduleNotOnline"
    thai = "ตารางเวลานี้ไม่เปิดให้จองออนไลน์ กรุณาติดต่อหน่วยบริการ"
    english = "This schedule is not open for online booking. Choose another or call the hospital."


class PeriodEnded(Conflict):
    code = "PeriodEnded"
    thai = "ช่วงเวลานี้ผ่านไปแล้ว กรุณาเลือกช่วงเวลาอื่น"
    english = "This period is over. Choose a later one."


class TooLate(Conflict):
    code = "TooLate"
    thai = "เลยเวลาที่หน่วยบริการกำหนดให้ทำรายการเองแล้ว กรุณาติดต่อหน่วยบริการ"
    english = "It is too late to do this yourself. Call the hospital."


class AppointmentCancelled(Conflict):
    code = "AppointmentCancelled"
    thai = "การนัดหมายนี้ถูกยกเลิกไปแล้ว"
    english = "This appointment has been cancelled."


class AppointmentPostponed(Conflict):
    code = "AppointmentPostponed"
    thai = "การนัดหมายนี้ถูกเลื่อนไปแล้ว กรุณาตรวจสอบนัดหมายปัจจุบัน"
    english = "This appointment has been moved already. Look up the current one."


class EditConflict(Conflict):
    """Two people edited the same thing; details have `yours` and `theirs`."""

    code = "EditConflict"
    thai = "มีผู้อื่นแก้ไขข้อมูลนี้ไปก่อนแล้ว กรุณาตรวจสอบข้อมูลล่าสุดแล้วบันทึกอีกครั้ง"
    english = "Somebody else changed this in the meantime. Look at both versions and save again."


class InUse(Conflict):
    code = "InUse"
    thai = "ลบไม่ได้เพราะยังมีการใช้งานอยู่"
    english = "This is still in use and cannot be removed."


class ScheduleExists(Conflict):
    code = "ScheduleExists"
    thai = "ห้องตรวจนี้มีตารางที่เวลาซ้อนกับช่วงเวลานี้ของวันที่เลือกอยู่แล้ว กรุณาแก้ไขรายการเดิม หรือเลือกเวลาอื่น"
    english = "The room already has an open schedule at this time of the day. Change that one, or choose another time."


class NameTaken(Conflict):
    """Another thing has this name; the fields say which name."""

    code = "NameTaken"
    thai = "มีรายการชื่อนี้อยู่แล้ว กรุณาใช้ชื่ออื่น หรือแก้ไขรายการเดิมแทน"
    english = "There is one of this name already. Choose another name, or change that one."


class HolidayExists(Conflict):
    code = "HolidayExists"
    thai = "หน่วยบริการกำหนดวันนี้ไว้แล้วเป็นอย่างอื่น หากต้องการเปลี่ยน กรุณาลบรายการเดิมก่อน"
    english = "The hospital has set this day already, differently. To change it, remove the earlier entry first."


class BelowBooked(Conflict):
    code = "BelowBooked"
    thai = "ลดจำนวน Slot ต่ำกว่าที่มีผู้จองแล้วไม่ได้ กรุณายกเลิกหรือเลื่อนนัดก่อน"
    english = "There cannot be fewer places than are booked. Cancel or move appointments first."


class MessageNotDraft(Conflict):
    code = "MessageNotDraft"
    thai = "ข้อความนี้ส่งแล้ว กำลังส่ง หรือตั้งเวลาส่งไว้ จึงแก้ไขหรือส่งใหม่ไม่ได้"
    english = "This message is sent, being sent or scheduled, so it can neither be changed nor sent anew."


class MessageNotSending(Conflict):
    code = "MessageNotSending"
    thai = "ข้อความนี้ยังไม่ได้ส่ง"
    english = "This message is not being sent."


class StillMatching(Conflict):
    code = "StillMatching"
    thai = "ระบบกำลังตรวจสอบกลุ่มเป้าหมายที่อัปโหลดไว้ กรุณารอสักครู่"
    english = "The uploaded targets are still being matched with the white list. Wait a moment."


class NothingToSend(Conflict):
    code = "NothingToSend"
    thai = "ยังไม่มีกลุ่มเป้าหมาย กรุณาอัปโหลดกลุ่มเป้าหมายก่อนส่ง"
    english = "There are no targets yet. Upload them first."


class LimitReached(Conflict):
    code = "LimitReached"
    thai = "ถึงจำนวนสูงสุดที่หน่วยบริการกำหนดแล้ว"
    english = "The limit that the hospital has set is reached."


class OutsideNotAllowed(Conflict):
    code = "OutsideNotAllowed"
    thai = "หน่วยบริการนี้ไม่รับจองจากระบบของหน่วยบริการของท่าน กรุณาติดต่อหน่วยบริการให้จองให้ หรือให้ผู้รับบริการจองเองในแอปหมอพร้อม"
    english = "This hospital takes no bookings from your system. Ask it to book, or let the person book in the app."


class OutsideShareReached(Conflict):
    code = "OutsideShareReached"
    thai = "ที่ว่างส่วนที่หน่วยบริการนี้ให้หน่วยบริการอื่นจองเต็มแล้วในช่วงเวลานี้ กรุณาเลือกช่วงเวลาอื่น หรือติดต่อหน่วยบริการให้จองให้"
    english = "Other hospitals hold all places here that they may. Choose another schedule, or ask the hospital."


class WrongDay(Conflict):
    """The appointment is on another day; details have `date`."""

    code = "WrongDay"
    thai = "นัดหมายนี้ไม่ใช่ของวันนี้ กรุณามาใหม่ในวันนัด หากจำเป็นต้องพบแพทย์วันนี้ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์"
    english = (
        "This appointment is not today. Please come on its day. If you need to be seen today, ask the staff at the"
        " information desk."
    )


class TooEarly(Conflict):
    """People may not arrive yet.

    Details have `time`, HH:MM in Bangkok: from then on they may.
    """

    code = "TooEarly"
    thai = "ยังไม่ถึงเวลาลงทะเบียน กรุณานั่งรอ แล้วกลับมาที่ตู้นี้อีกครั้งเมื่อถึงเวลา หรือสอบถามเจ้าหน้าที่ที่จุดประชาสัมพันธ์"
    english = (
        "It is too early to register. Please take a seat and come back to this kiosk later, or ask the staff at the"
        " information desk."
    )


class OtherHospital(Conflict):
    """The slip is of another hospital; details have `hospital_code`."""

    code = "OtherHospital"
    thai = "ใบนัดนี้เป็นของโรงพยาบาลอื่น กรุณาตรวจสอบชื่อโรงพยาบาลบนใบนัด หรือติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์"
    english = (
        "This slip is of another hospital. Look at the hospital's name on the slip, or ask the staff at the information"
        " desk."
    )


class NoServicePoint(Conflict):
    code = "NoServicePoint"
    thai = "ยังไม่มีจุดบริการสำหรับห้องตรวจนี้ กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์"
    english = "No service point calls the people of this room. Ask the staff at the information desk."


class VisitEnded(Conflict):
    code = "VisitEnded"
    thai = "นัดหมายนี้รับบริการเสร็จแล้ว หากต้องการรับบริการเพิ่มเติม กรุณาติดต่อเจ้าหน้าที่ที่จุดประชาสัมพันธ์"
    english = "This visit is over. If you need anything else, ask the staff at the information desk."


class NobodyWaiting(Conflict):
    code = "NobodyWaiting"
    thai = "ไม่มีผู้รอเรียกที่จุดบริการนี้"
    english = "Nobody is waiting at this service point."


class CounterBusy(Conflict):
    """The counter still serves somebody; details have `number`."""

    code = "CounterBusy"
    thai = "ช่องบริการนี้ยังมีผู้รับบริการอยู่ กรุณาบันทึกผลของคิวปัจจุบันก่อนเรียกคิวถัดไป"
    english = "This counter still serves somebody. Say first what became of them: served, skipped, absent or sent on."


class CallEnded(Conflict):
    code = "CallEnded"
    thai = "การเรียกคิวนี้จบไปแล้ว กรุณาดูสถานะล่าสุดของช่องบริการ"
    english = "This call has ended already. Look at what the counter shows now."


class LastAdministrator(Conflict):
    code = "LastAdministrator"
    thai = "บัญชีนี้เป็นผู้ดูแลรหัส Login คนสุดท้ายของหน่วยบริการ กรุณากำหนดผู้ดูแลคนใหม่ก่อน"
    english = "This is the hospital's last login administrator. Make another one first."


class LoginTaken(Conflict):
    code = "LoginTaken"
    thai = "รหัส Login นี้มีอยู่แล้วในหน่วยบริการ กรุณาใช้ชื่ออื่น"
    english = "The hospital has this login already. Choose another."


class HospitalExists(Conflict):
    code = "HospitalExists"
    thai = "มีหน่วยบริการรหัสนี้อยู่แล้ว"
    english = "There is a hospital of this code already. Edit it instead."


class TooMany(ApiError):
    code = "TooManyRequests"
    thai = "เรียกใช้งานถี่เกินไป กรุณารอสักครู่แล้วลองใหม่"
    english = "Too many requests. Wait as long as Retry-After says."
    retry_after = 1


class TooManyAnnouncements(TooMany):
    code = "TooManyAnnouncements"
    thai = "หน่วยบริการส่งประกาศครบจำนวนของชั่วโมงนี้แล้ว กรุณาส่งใหม่ในชั่วโมงถัดไป"
    english = "The hospital has sent as many announcements in this hour as it may. Wait as long as Retry-After says."


class TooManyForPerson(TooMany):
    code = "TooManyForPerson"
    thai = "วันนี้ผู้รับบริการคนนี้ได้รับประกาศของหน่วยบริการครบจำนวนแล้ว กรุณาส่งใหม่ในวันถัดไป"
    english = "The person has got as many announcements of this hospital today as they may. Send it again tomorrow."


class PeopleQuotaReached(TooMany):
    code = "PeopleQuotaReached"
    thai = "บัญชีนี้ค้นหาข้อมูลของบุคคลครบจำนวนคนต่อชั่วโมงแล้ว การจองยังทำได้ กรุณาค้นหาอีกครั้งเมื่อเริ่มชั่วโมงถัดไป"
    english = (
        "This account has looked up as many people as it may within an hour. Booking is still possible. Look people up"
        " again when the next hour begins."
    )


class TryAgain(ApiError):
    code = "TryAgain"
    thai = "ระบบไม่ว่างชั่วคราว ยังไม่มีการทำรายการ กรุณาลองใหม่อีกครั้ง"
    english = "The system is busy; nothing was done. Send the same request again."
    retry_after = 1


class PathNotFound(NotFound):
    """The path does not exist.

    The text names the sister system too, because many HIS have one base URL for both systems.
    """

    code = "PathNotFound"
    thai = (
        "ไม่พบที่อยู่ (path) ที่เรียก กรุณาตรวจสอบกับเอกสาร API ระบบนี้ให้บริการเฉพาะการนัดหมายและข้อความ ส่วน ImmunizationHistory,"
        " LookupTable, UpdateImmunization, ImmunizationSlot, SendEPIDEM และอื่น ๆ อยู่ที่ base URL ของ MOPH Immunization"
        " Center"
    )
    english = (
        "There is nothing at this path. See the API document. Only appointments and messages are here;"
        " ImmunizationHistory, LookupTable, UpdateImmunization, ImmunizationSlot, SendEPIDEM and other paths are at the"
        " base URL of MOPH Immunization Center."
    )


class WrongMethod(ApiError):
    code = "MethodNotAllowed"
    thai = "เรียกที่อยู่ (path) หรือ Action นี้ด้วย method ที่ไม่ถูกต้อง"
    english = "This path or Action is called with another method; see Allow."

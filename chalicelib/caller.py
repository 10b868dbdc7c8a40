"""The caller: a signed-in account with hospital and roles (docs/accounts.md)."""

from dataclasses import dataclass, field
from datetime import datetime

APPOINTMENT_API = "APPOINTMENT_API"
APPOINTMENT_DASHBOARD = "APPOINTMENT_DASHBOARD"
IMMUNIZATION_SLOT = "IMMUNIZATION_SLOT"
IMMUNIZATION_SLOT_MANAGER = "IMMUNIZATION_SLOT_MANAGER"
IMMUNIZATION_DASHBOARD = "IMMUNIZATION_DASHBOARD"
ACCOUNT_ADMIN = "ACCOUNT_ADMIN"
QUEUE_KIOSK = "QUEUE_KIOSK"

# The first four are in the manual's figure 5; the next two follow from its text: announcements (3), logins (1). The
# last is our own: anybody can use a kiosk, so it has a role that allows nothing else.
ROLES = (
    APPOINTMENT_API,
    APPOINTMENT_DASHBOARD,
    IMMUNIZATION_SLOT,
    IMMUNIZATION_SLOT_MANAGER,
    IMMUNIZATION_DASHBOARD,
    ACCOUNT_ADMIN,
    QUEUE_KIOSK,
)

HOSPITAL, PROVINCE, COUNTRY = 1, 3, 5
LEVELS = (HOSPITAL, PROVINCE, COUNTRY)


@dataclass(frozen=True)
class Caller:
    """A signed-in account.

    Login and hospital come from the token; the roles are those that the account has now (docs/adr/0010).

    roles: role code -> level (1 this hospital, 3 province, 5 country). must_change_password: until the password is
    changed, nothing else is allowed. token_version: of the token; the account's own must be the same.
    look_ups_blocked_until: until then it may look up nobody by national id, because it has looked up too many.
    """

    login: str
    hospital_code: str
    hospital_name: str = ""
    province_code: str = ""
    name: str = ""
    roles: dict[str, int] = field(default_factory=dict)
    must_change_password: bool = False
    token_version: int = 0
    look_ups_blocked_until: datetime | None = None

    @property
    def actor(self) -> str:
        """The account's unique name in the country: "login@hospital_code"."""
        return f"{self.login}@{self.hospital_code}"

    def has(self, roles: tuple[str, ...], level: int = HOSPITAL) -> bool:
        """Return whether the account has one of the roles at the level or above."""
        return any(self.roles.get(role, 0) >= level for role in roles)

    @property
    def is_country(self) -> bool:
        """Whether this is the Mor Prom app's back end, which acts for the person."""
        return self.roles.get(APPOINTMENT_API, 0) >= COUNTRY

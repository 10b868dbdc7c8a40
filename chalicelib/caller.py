"""Who is asking: an account, its hospital, and the roles it holds at which level (manual 1.4; docs/accounts.md)."""

from dataclasses import dataclass, field

APPOINTMENT_API = "APPOINTMENT_API"
APPOINTMENT_DASHBOARD = "APPOINTMENT_DASHBOARD"
IMMUNIZATION_SLOT = "IMMUNIZATION_SLOT"
IMMUNIZATION_SLOT_MANAGER = "IMMUNIZATION_SLOT_MANAGER"
IMMUNIZATION_DASHBOARD = "IMMUNIZATION_DASHBOARD"
ACCOUNT_ADMIN = "ACCOUNT_ADMIN"

# The manual's figure 5 has the first four; its text has whoever sends announcements (3) and looks after logins (1).
ROLES = (
    APPOINTMENT_API,
    APPOINTMENT_DASHBOARD,
    IMMUNIZATION_SLOT,
    IMMUNIZATION_SLOT_MANAGER,
    IMMUNIZATION_DASHBOARD,
    ACCOUNT_ADMIN,
)

HOSPITAL, PROVINCE, COUNTRY = 1, 3, 5
LEVELS = (HOSPITAL, PROVINCE, COUNTRY)


@dataclass(frozen=True)
class Caller:
    """One signed-in account: the token says who, the account as it stands now says with which roles (docs/adr/0010).

    roles: role code -> level (1 this hospital, 3 province, 5 country). must_change_password: only the
    password may be changed until it is.
    """

    login: str
    hospital_code: str
    hospital_name: str = ""
    province_code: str = ""
    name: str = ""
    roles: dict[str, int] = field(default_factory=dict)
    must_change_password: bool = False

    def has(self, roles: tuple[str, ...], level: int = HOSPITAL) -> bool:
        """Whether one of the roles is held at the level or above."""
        return any(self.roles.get(role, 0) >= level for role in roles)

    @property
    def is_country(self) -> bool:
        """A country-level API caller: the Mor Prom app's back end, acting for the person."""
        return self.roles.get(APPOINTMENT_API, 0) >= COUNTRY

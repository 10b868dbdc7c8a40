"""Settings of a deployment, read from the environment once."""

import os
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Settings:
    """Settings of a deployment.

    stage: `local`, `dev`, `prod`, ...; the names of tables, queues, bucket and key begin with it.
    region: the AWS region; any value on one machine.
    app_gateway_url, line_api_url: addresses of the Mor Prom app's gateway and of LINE's API (secret_parameters.py has
    the secrets).
    public_url: where hospitals call the API, without a slash at the end; empty: there is no canary.
    channel_retry_seconds: the first pause before a batch is sent again.
    calls_per_second: how many calls one API account may make, on average; 0: no limit (docs/adr/0006).
    staff_calls_per_second: the same for an account of a person on the dashboard.
    people_per_hour: how many different people one account may look up by national id within a clock hour; 0: no limit.
    sign_ins_per_second: how many sign-ins one source may make, on average; at once it may make 20 times as many.
    announcements_per_person: how many announcements of one hospital a person gets a day; 0: no limit.
    announcements_per_hour: how many announcements one hospital may send in an hour; 0: no limit.
    account_cache_seconds: how long a process caches an account (docs/adr/0010).
    *_kept_days: how long appointments are kept after their day, registry entries after they were added, white-list
    entries after they were sent last, messages after they were made, access records, and the queues of a day
    (docs/privacy.md).
    botocore_only: botocore sends every DynamoDB request; dynamodb_sender.py sends none.
    waking_hours: people are reminded from the first to the second hour of the day in Bangkok (docs/adr/0014).
    """

    stage: str
    region: str
    app_gateway_url: str = ""
    line_api_url: str = "https://api.line.me"
    public_url: str = ""
    channel_retry_seconds: float = 20.0
    account_cache_seconds: float = 30.0
    calls_per_second: float = 0.0
    staff_calls_per_second: float = 20.0
    people_per_hour: int = 2_000
    sign_ins_per_second: float = 5.0
    announcements_per_person: int = 10
    announcements_per_hour: int = 20_000
    waking_hours: tuple[int, int] = (7, 21)
    appointments_kept_days: int = 1827
    people_kept_days: int = 3653
    white_list_kept_days: int = 1827
    messages_kept_days: int = 730
    accesses_kept_days: int = 730
    botocore_only: bool = False
    queues_kept_days: int = 30

    @property
    def prefix(self) -> str:
        return f"moph-{self.stage}"

    def table(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def queue(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def function(self, name: str) -> str:
        """Name of the Lambda function that .chalice/config.json calls `name`."""
        return f"{self.prefix}-{name.replace('_', '-')}"

    @property
    def bucket(self) -> str:
        """The bucket of target files and reports.

        On AWS, BUCKET contains the account's number, because names of buckets are unique worldwide.
        """
        return os.environ.get("BUCKET") or f"{self.prefix}-files"

    @property
    def audit_bucket(self) -> str:
        """The bucket of the audit's archive."""
        return os.environ.get("AUDIT_BUCKET") or f"{self.prefix}-audit"

    @property
    def stream_failures_bucket(self) -> str:
        """The bucket of stream records that were set aside, named as `bucket` is."""
        return os.environ.get("STREAM_FAILURES_BUCKET") or f"{self.prefix}-stream-failures"

    @property
    def token_keys(self) -> tuple[str, ...]:
        """Ids or aliases of the KMS keys of tokens.

        The first one signs; all of them verify.
        """
        return tuple((os.environ.get("TOKEN_KEYS") or f"alias/{self.prefix}-token").split(","))


_FROM_ENVIRONMENT = ("app_gateway_url", "line_api_url", "public_url")


@cache
def settings() -> Settings:
    """Return the settings of the process.

    Raises an error that names the variable if a required one is missing.
    """
    stage = os.environ.get("STAGE", "")
    if not stage:
        raise RuntimeError("STAGE is not set: it names the tables (local, dev, prod, ...)")
    region = os.environ.get("AWS_REGION") or os.environ["AWS_DEFAULT_REGION"]
    given = {name: os.environ[name.upper()] for name in _FROM_ENVIRONMENT if os.environ.get(name.upper())}
    return Settings(
        stage=stage,
        region=region,
        channel_retry_seconds=float(os.environ.get("CHANNEL_RETRY_SECONDS") or 20),
        calls_per_second=float(os.environ.get("CALLS_PER_SECOND") or 0),
        staff_calls_per_second=float(os.environ.get("STAFF_CALLS_PER_SECOND") or 20),
        people_per_hour=int(os.environ.get("PEOPLE_PER_HOUR") or 2_000),
        sign_ins_per_second=float(os.environ.get("SIGN_INS_PER_SECOND") or 5),
        announcements_per_person=int(os.environ.get("ANNOUNCEMENTS_PER_PERSON") or 10),
        announcements_per_hour=int(os.environ.get("ANNOUNCEMENTS_PER_HOUR") or 20_000),
        account_cache_seconds=float(os.environ.get("ACCOUNT_CACHE_SECONDS") or 30),
        appointments_kept_days=int(os.environ.get("APPOINTMENTS_KEPT_DAYS") or 1827),
        people_kept_days=int(os.environ.get("PEOPLE_KEPT_DAYS") or 3653),
        white_list_kept_days=int(os.environ.get("WHITE_LIST_KEPT_DAYS") or 1827),
        messages_kept_days=int(os.environ.get("MESSAGES_KEPT_DAYS") or 730),
        accesses_kept_days=int(os.environ.get("ACCESSES_KEPT_DAYS") or 730),
        botocore_only=os.environ.get("BOTOCORE_ONLY") == "1",
        queues_kept_days=int(os.environ.get("QUEUES_KEPT_DAYS") or 30),
        waking_hours=_hours(os.environ.get("WAKING_HOURS") or "7-21"),
        **given,
    )


def _hours(text: str) -> tuple[int, int]:
    first, last = (int(hour) for hour in text.split("-"))
    if not 0 <= first < last <= 24:
        raise RuntimeError(f"WAKING_HOURS is {text}, and must be like 7-21")
    return first, last

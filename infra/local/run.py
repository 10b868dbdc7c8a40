"""`make run`: run the whole system until a signal, then save everything.

    PORT=8000 STATE_DIR=~/.local/state/moph-appointment-center python -m infra.local.run [--showcase]

It ends by Ctrl-C, a closed terminal or SIGTERM. --showcase: with the showcase hospital, as `make run` does. Exit code 0
after a signal, 1 if it cannot start or if one of its processes ends without being asked.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from types import FrameType

from infra.local import demo, state_folder
from infra.local.child_processes import ROOT
from infra.local.local_stack import CannotStart, LocalStack

DASHBOARD = ROOT / "dashboard"


class StopRequested(BaseException):
    """A signal asks for a clean end."""


def main() -> int:
    os.umask(0o077)  # the state holds the signing key and people's data: for the owner only
    # SIGHUP too: a closed terminal must not lose bookings, and the engine saves everything only at a clean end.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _end)
    try:
        port = _port("PORT", 8000)
    except CannotStart as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 1
    has_showcase = "--showcase" in sys.argv
    local_stack = LocalStack(state_folder.state_dir(), port, showcase=has_showcase)
    try:
        print("Starting the engine, the tables and the API ...", flush=True)
        local_stack.start()
        missing = build_dashboard()
        print(banner(local_stack, missing, has_showcase), flush=True)
        while (ended := local_stack.ended()) is None:
            time.sleep(0.5)
        print(f"The process '{ended}' has ended by itself; see {local_stack.log_of(ended)}", file=sys.stderr)
        return 1
    except CannotStart as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 1
    except StopRequested:
        print("\nSaving and stopping ...", flush=True)
        return 0
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        local_stack.stop()


def _port(name: str, default: int) -> int:
    value = os.environ.get(name) or str(default)
    if not (value.isascii() and value.isdigit() and int(value) <= 65535):
        raise CannotStart(f"{name} must be a number up to 65535")
    return int(value)


def _end(number: int, frame: FrameType | None) -> None:
    raise StopRequested()


def build_dashboard() -> str:
    """Build the static site if its sources are newer.

    Returns why it cannot be built, or "".
    """
    if not (DASHBOARD / "package.json").exists():
        return "the dashboard is not part of this checkout"
    built = DASHBOARD / "dist" / "index.html"
    sources = [p for p in DASHBOARD.rglob("*") if p.is_file() and not {"node_modules", "dist"} & set(p.parts)]
    if built.exists() and built.stat().st_mtime >= max(p.stat().st_mtime for p in sources):
        return ""
    if not shutil.which("npm"):
        return "Node.js 20 with npm is missing: install it to get the dashboard"
    print("Building the dashboard ...", flush=True)
    for command in (["npm", "ci"], ["npm", "run", "build"]):
        done = subprocess.run(command, cwd=DASHBOARD, capture_output=True, text=True, check=False)
        if done.returncode:
            last = (done.stderr or done.stdout).strip().splitlines()[-3:]
            return f"`{' '.join(command)}` failed in dashboard/: {' '.join(last)}"
    return ""


def banner(local_stack: LocalStack, missing: str, has_showcase: bool) -> str:
    """The text after the start: addresses, logins, and shell lines that book a place.

    missing: why there is no dashboard, or "". has_showcase: its logins come first.
    """
    accounts = [*demo.SHOWCASE_ACCOUNTS, *demo.ACCOUNTS] if has_showcase else demo.ACCOUNTS
    logins = "\n".join(f"  {login:<15} {code}  {password:<17} {roles}" for login, code, _, roles, password in accounts)
    begin = "Begin with the first: its hospital has a month behind it, people today, and weeks ahead.\n"
    dashboard = f"not available: {missing}" if missing else f"{local_stack.url}/"
    phone = f"{dashboard}phone/ (simulates the Mor Prom app)" if not missing else "not available either"
    kiosk = f"{dashboard}kiosk/ (kiosk.demo opens it)" if not missing else "not available either"
    board = f"{dashboard}board/#TOKEN (of /api/dashboard/boards)" if not missing else "not available either"
    return f"""
MOPH Appointment Center is up.

  API        {local_stack.url}        (GET {local_stack.url}/health)
  API guide  {local_stack.url}/docs
  Dashboard  {dashboard}
  Phone page {phone}
  Kiosk      {kiosk}
  Board      {board}
  LINE       {local_stack.simulator}/   (what announcements look like there)
  Engine     {local_stack.endpoint}   (AWS_ENDPOINT_URL; `. {local_stack.state_dir}/env` sets it)

Demo logins (login, hospital, password, roles):
{begin if has_showcase else ""}{logins}

Book a place:
{curl_lines(local_stack.url)}
Ctrl-C saves and stops.
"""


def curl_lines(url: str) -> str:
    """Shell lines that sign in and book a place.

    The place is in tomorrow's first open schedule.
    """
    slots = f"{url}/api/appointment/AppointmentSlot?Action="
    person = '{"cid":"1111111111119","prefix":"นาย","first_name":"ทดสอบ","last_name":"ระบบ","gender":1}'
    return f"""  H=$(printf %s 'His-demo-1' | openssl dgst -sha256 -hmac '$jwt@moph#' | sed 's/.* //')
  T=$(curl -s "{url}/token?Action=get_moph_access_token&user=his.demo&hospital_code=00000&password_hash=$H")
  D=$(TZ=Asia/Bangkok date -d tomorrow +%F)
  S=$(curl -s -H "Authorization: Bearer $T" "{slots}GetHospitalSlotByDate&hospital_code=00000&date=$D" |
      grep -o '"schedule_id":[0-9]*' | head -1 | cut -d: -f2)
  curl -s -H "Authorization: Bearer $T" "{slots}ConfirmAppointmentSlot" -d '{{"hospital":{{"hospital_code":"00000"}},
    "person":{person},
    "appointment":{{"hospital_code":"00000","schedule_id":'$S'}}}}'
"""


if __name__ == "__main__":
    sys.exit(main())

"""`make run`: the whole centre until Ctrl-C, a closed terminal or SIGTERM; then everything is saved.

PORT=8000 STATE_DIR=.local ENGINE_PORT=4566 python -m infra.local.run
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from infra.local import demo
from infra.local.local_stack import CannotStart, LocalStack
from infra.local.processes import ROOT

DASHBOARD = ROOT / "dashboard"


class Ended(BaseException):
    """A signal asked for a clean end."""


def main() -> int:
    # SIGHUP too: the engine saves only at a clean end, and a closed terminal should not cost the day's bookings.
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _end)
    try:
        ports = _port("PORT", 8000), _port("ENGINE_PORT", 4566)
    except CannotStart as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 1
    centre = LocalStack(Path(os.environ.get("STATE_DIR") or ROOT / ".local"), *ports)
    try:
        print("Starting the engine, the tables and the API ...", flush=True)
        centre.start()
        missing = build_dashboard()
        print(banner(centre, missing), flush=True)
        while (ended := centre.ended()) is None:
            time.sleep(0.5)
        print(f"The process '{ended}' has ended by itself; see {centre.log_of(ended)}", file=sys.stderr)
        return 1
    except CannotStart as problem:
        print(f"Cannot start: {problem}", file=sys.stderr)
        return 1
    except Ended:
        print("\nSaving and stopping ...", flush=True)
        return 0
    finally:
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, signal.SIG_IGN)
        centre.stop()


def _port(name: str, usual: int) -> int:
    given = os.environ.get(name) or str(usual)
    if not (given.isascii() and given.isdigit() and int(given) <= 65535):
        raise CannotStart(f"{name} must be a number up to 65535")
    return int(given)


def _end(number: int, frame: FrameType | None) -> None:
    raise Ended()


def build_dashboard() -> str:
    """Builds the static site where its sources are newer; returns what is missing for it, or nothing."""
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


def banner(centre: LocalStack, missing: str) -> str:
    """What a visitor needs: the address, the logins, and a line that books a place."""
    logins = "\n".join(
        f"  {login:<15} {code}  {password:<17} {roles}" for login, code, _, roles, password in demo.ACCOUNTS
    )
    dashboard = f"not available: {missing}" if missing else f"{centre.url}/"
    phone = f"{dashboard}phone/ (plays the Mor Prom app)" if not missing else "not available either"
    return f"""
MOPH Appointment Center is up.

  API        {centre.url}        (GET {centre.url}/health)
  API guide  {centre.url}/docs
  Dashboard  {dashboard}
  Phone page {phone}
  LINE       {centre.simulator}/   (what announcements look like there)
  Engine     {centre.endpoint}   (AWS_ENDPOINT_URL; `. {centre.state_dir}/env` sets it)

Demo logins (login, hospital, password, roles):
{logins}

Book a place:
{curl_lines(centre.url)}
Ctrl-C saves and stops.
"""


def curl_lines(url: str) -> str:
    """Shell lines that sign in, find the first open schedule of tomorrow and book a place in it."""
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

"""The operator who runs a command that writes to the audit."""

import getpass
import os


def actor(command: str) -> str:
    """The actor of an audit entry.

    The command, and OPERATOR or the login on this machine.
    """
    return f"{command} by {os.environ.get('OPERATOR') or getpass.getuser()}"

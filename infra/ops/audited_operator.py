"""Who runs a command that leaves a trace in the audit."""

import getpass
import os


def actor(command: str) -> str:
    """The actor of an audit entry: the command, and OPERATOR or the login on this machine."""
    return f"{command} by {os.environ.get('OPERATOR') or getpass.getuser()}"

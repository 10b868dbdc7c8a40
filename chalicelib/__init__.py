"""The MOPH Appointment Center: one package for each chapter or subject of the manual (docs/design.md)."""

import os
import sys

if "AWS_CHALICE_CLI_MODE" in os.environ:
    # `chalice local` starts anew at each new file in the project, and a compiled module is one.
    sys.dont_write_bytecode = True

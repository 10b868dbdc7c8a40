"""MOPH Appointment Center: one package for each chapter or subject of the manual.

The packages are described in docs/design.md.
"""

import os
import sys

if "AWS_CHALICE_CLI_MODE" in os.environ:
    # `chalice local` restarts for each new file in the project, and a compiled module is a new file.
    sys.dont_write_bytecode = True

"""The release of this code.

`/health` shows it, so that a deployment can be seen from outside. CODE is a hash of the sources and of the locked
packages. infra/aws/package.py writes it, into the package only.
"""

VERSION = "1.0.0"
CODE = "dev"

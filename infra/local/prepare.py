"""Makes the stack on the engine and loads the demo data: the part of a start that is over before the API serves.

python -m infra.local.prepare [--empty]
"""

import sys

from infra import seed, stack


def main() -> None:
    stack.apply("local")
    if "--empty" not in sys.argv:
        seed.load()


if __name__ == "__main__":
    main()

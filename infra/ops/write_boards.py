"""Write the documents of a hospital's boards anew, from its queues of today.

    STAGE=prod python -m infra.ops.write_boards 00000

Normally the streams of the queues and the hospitals do this. Run it if stream records failed (docs/operations.md,
board-late). It is safe at any time: what is shown already is not written again.

Prints how many boards there are. Exit code 0; 1 after an error.
"""

import sys

from chalicelib.visits import boards


def main() -> None:
    hospital_code = sys.argv[1]
    print(f"{boards.write_anew(hospital_code)} boards of {hospital_code} show what is stored")


if __name__ == "__main__":
    main()

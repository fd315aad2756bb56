"""`python -m pipelines` and the command `juesuan`: the command line, with Ctrl-C understood while it is still being imported."""

from __future__ import annotations

import sys


def main() -> None:
    """Loads and runs the command line. An interrupt before it can answer for itself ends here: one line, exit 130."""
    try:
        from pipelines.cli import main as run
    except KeyboardInterrupt:
        sys.stderr.write("juesuan: interrupted\n")
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()

"""How the command line fails: one clear line on stderr, a stable exit code, the traceback only with --verbose."""

from __future__ import annotations

import os
import re
import sys
import traceback

EXPECTED = {
    "NoRelease",
    "QueryError",
    "Busy",
    "BuildError",
    "SourcesFault",
    "ModelError",
    "SuiteFault",
    "BadSuite",
    "SeedError",
    "RegisterFault",
}
"""Faults of the rooms whose message is already the one clear line; by name, so that saying so imports no room."""


class Fault(Exception):
    """An expected failure: the message says what, where and what to do."""

    def __init__(self, message: str, code: int = 1):
        super().__init__(message)
        self.code = code


_CONTROL = dict.fromkeys([*range(32), 127, *range(0x80, 0xA0)], " ")


def one_line(text: str) -> str:
    """`text` as one printable line: file names and messages from outside cannot break or colour the terminal."""
    return re.sub(r"\s*[\r\n]\s*", " ", text.strip()).translate(_CONTROL)


def fail(error: BaseException, verbose: bool) -> int:
    """Print the one line (and with `verbose` the traceback); returns the exit code."""
    if verbose:
        traceback.print_exception(error, file=sys.stderr)
    if isinstance(error, Fault):
        message, code = str(error), error.code
    elif isinstance(error, KeyboardInterrupt):
        message, code = "interrupted: nothing was published; the last release stays", 130
    elif type(error).__name__ in EXPECTED:
        message, code = str(error), 1
    elif isinstance(error, OSError) and error.filename:
        message, code = f"{os.fsdecode(error.filename)}: {error.strerror}", 1
    else:
        message, code = f"{type(error).__name__}: {error} (run again with --verbose for the details)", 1
    print(f"juesuan: {one_line(message)}", file=sys.stderr)
    return code

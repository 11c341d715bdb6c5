"""The `rollbook` command with a line of JSON for each answer, which nobody reads."""

from __future__ import annotations

import os
import sys

from rollbook.app import main

if __name__ == "__main__":
    os.environ["ROLLBOOK_LOG"] = "json"
    # One file for the life of the process.
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115
    main()

"""The command ``braid``: thin commands over the Python interface. Only here is click known.

Data goes to stdout; progress, warnings and faults go to stderr. What is slow to import (pandas, PuLP, HiGHS, openpyxl)
is imported inside the commands that need it, so that ``braid --help`` is quick.
"""

from __future__ import annotations

from braid.cli.asking import check, eligible, why
from braid.cli.comparing import compare
from braid.cli.completion import completion
from braid.cli.filing import workbook
from braid.cli.next_dollar import next_dollar
from braid.cli.planning import demo, gaps, plan
from braid.cli.reporting import report
from braid.cli.seeking import seek
from braid.cli.setting_up import doctor, init, schema
from braid.cli.shell import run, shell
from braid.cli.sources import sources

_COMMANDS = (
    demo, init, check, plan, eligible, why, gaps, next_dollar, compare, seek, report, workbook, sources, schema,
    doctor, completion,
)  # fmt: skip
for _command in _COMMANDS:
    shell.add_command(_command)


def main() -> None:
    """Run the command line of this process, and end the process with its exit code."""
    run(shell)


__all__ = ["main", "shell"]

"""The command ``completion``: the script with which a shell completes braid's commands, options, files and ids."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from braid.cli.options import talk
from braid.cli.printing import say

SHELLS = ("bash", "zsh", "fish")


@click.command(short_help="Print the script that completes commands.", epilog="Example: braid completion bash")
@click.argument("shell", type=click.Choice(SHELLS), metavar="SHELL")
@talk
def completion(shell: str) -> None:
    """Print the script with which a shell completes braid. SHELL is bash, zsh or fish.

    It completes commands and options, files where a file is expected, solvers after --solver, and the lines and
    awards of the proposal that you have typed before them. To have it in every new shell, add to the file on the left:

    \b
      ~/.bashrc                               eval "$(braid completion bash)"
      ~/.zshrc                                eval "$(braid completion zsh)"
      ~/.config/fish/completions/braid.fish   the output of: braid completion fish
    """  # noqa: D301 - click keeps the lines after this mark as they are
    made = get_completion_class(shell)
    if made is None:  # click knows all three
        raise click.UsageError(f"«{shell}» cannot be completed by the click that is installed.")
    root = click.get_current_context().find_root()
    say(made(root.command, {}, "braid", "_BRAID_COMPLETE").source().strip())

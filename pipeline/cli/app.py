"""The `reeline` program: its commands, its errors and its exit codes.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl-C (nothing is lost).
"""

import sys
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from rich.text import Text
from typer.core import TyperGroup

from models.errors import ReelineError
from pipeline.cli.console import err, set_up_logging

# Command -> (module, function). A module is imported when its command runs: `sql` and `timeline`
# must not wait for spaCy.
COMMANDS = {
    "ingest": ("pipeline.cli.ingest", "ingest_command"),
    "backfill": ("pipeline.cli.backfill", "backfill_command"),
    "diff": ("pipeline.cli.diff", "diff_command"),
    "runs": ("pipeline.cli.runs", "runs_command"),
    "extract": ("pipeline.cli.extract", "extract_command"),
    "timeline": ("pipeline.cli.look", "timeline_command"),
    "explain": ("pipeline.cli.explain", "explain_command"),
    "sql": ("pipeline.cli.query", "sql_command"),
    "cookbook": ("pipeline.cli.cookbook", "cookbook_command"),
    "export": ("pipeline.cli.export", "export_command"),
    "archive": ("pipeline.cli.archive", "archive_command"),
    "sources": ("pipeline.cli.sources", "sources_command"),
    "dictionary": ("pipeline.cli.query", "dictionary_command"),
    "check": ("pipeline.cli.query", "check_command"),
    "report": ("pipeline.cli.report", "report_command"),
    "who": ("pipeline.cli.who", "who_command"),
    "exports": ("pipeline.cli.exports", "exports_command"),
    "in-force": ("pipeline.cli.measures", "in_force_command"),
    "next": ("pipeline.cli.measures", "next_command"),
    "changed": ("pipeline.cli.changed", "changed_command"),
    "publish": ("pipeline.cli.publish", "publish_command"),
    "notebook": ("pipeline.cli.notebook", "notebook_command"),
    "review": ("pipeline.cli.review", "review_command"),
    "doctor": ("pipeline.cli.doctor", "doctor_command"),
    "deploy": ("pipeline.cli.deploy", "deploy_command"),
    "demo": ("pipeline.cli.demo", "demo_command"),
    "demo-site": ("pipeline.cli.demo", "demo_site_command"),
}


class _LazyCommands(TyperGroup):
    """The commands of the table above, each imported on use."""

    # `Any`: newer typer brings its own copy of click, older typer uses click itself.
    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, function = COMMANDS[cmd_name]
        single = typer.Typer(add_completion=False, rich_markup_mode="markdown")
        single.command(cmd_name)(getattr(import_module(module), function))
        return typer.main.get_command(single)


app = typer.Typer(
    name="reeline",
    cls=_LazyCommands,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "Rare-earth policy news as a SQL-queryable, evidence-backed timeline.\n\n"
        "Start here: `reeline demo` builds a timeline from a local news site. Then:\n\n"
        "    reeline timeline --kind license_granted --from 2025-12-01\n\n"
        "    reeline sql \"SELECT * FROM timeline WHERE list_contains(excluded, 'Volkswagen')\"\n\n"
        "    reeline extract article.txt --published 2025-12-23"
    ),
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"reeline {version('reeline')}")
        raise typer.Exit


@app.callback()
def _options(
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="One log line per unit of work, on stderr.")
    ] = False,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    set_up_logging(verbose=verbose)


def main() -> None:
    """Run the program and leave with its exit code."""
    try:
        app()
    except ReelineError as error:
        err.print(Text.assemble(("error: ", "bold red"), str(error)))
        sys.exit(1)
    except KeyboardInterrupt:
        err.print("stopped; everything committed so far is kept, and the next run goes on from it")
        sys.exit(130)


if __name__ == "__main__":
    main()

"""`reeline demo` and `reeline demo-site`: the chain on a news site of our own."""

import json
import subprocess
import sys
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from models.errors import ReelineError
from pipeline.cli.console import DataOption, err, out, print_table
from pipeline.cli.look import print_timeline
from pipeline.newsroom.server import Newsroom, serve_forever
from pipeline.report import write_report
from pipeline.settings import Settings, load_settings
from pipeline.store_read import query

_REJECTED = """
SELECT reason, count(*) AS pages, min(source) AS e_g_source, min(url) AS e_g_url,
  arg_min(detail, url) AS why
FROM rejection
GROUP BY reason
ORDER BY pages DESC, reason
"""


def demo_command(
    data: DataOption = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Without Prefect: the same functions, called directly.")
    ] = False,
) -> None:
    """Build a timeline from a local news site: the real flow, over HTTP, in about a minute.

    Starts the newsroom and a private Prefect server on free ports of 127.0.0.1, runs the `ingest`
    flow, stops both, and shows the timeline. Running it again changes no row.
    """
    settings = load_settings(data or load_settings().data / "demo")
    settings.prepare()
    with Newsroom() as site, as_file(files("pipeline") / "newsroom" / "sources") as sources_dir:
        err.print(f"newsroom: {len(site.hosts) - 1} outlets on {site.url}")
        err.print("running the ingest flow (the first start of a Prefect server takes a while) ...")
        _run_flow(settings, site, sources_dir, plain=plain)
    report = write_report(settings)
    print_timeline(
        query(settings, "FROM timeline ORDER BY coalesce(date_start, first_reported_on)")
    )
    print_table(query(settings, _REJECTED), title="\nWhat was rejected, and why")
    _print_next(settings, report)


def _run_flow(settings: Settings, site: Newsroom, sources_dir: Path, *, plain: bool) -> None:
    hosts = {host: list(target) for host, target in site.connect_to.items()}
    parameters = {
        "data": str(settings.data),
        "sources_dir": str(sources_dir),
        "connect_to": hosts,
    }
    # The flow is code of `flows`, which nothing below it imports: it runs as a program.
    module = "flows.demo"
    arguments = [json.dumps(parameters)]
    if plain:
        module = "pipeline.cli.app"
        pairs = [f"{host}={address}:{port}" for host, (address, port) in site.connect_to.items()]
        arguments = ["ingest", "--data", str(settings.data), "--sources-dir", str(sources_dir)]
        arguments += [word for pair in pairs for word in ("--connect-to", pair)]
    command = [sys.executable, "-m", module, *arguments]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own module
    if code == 130:
        raise KeyboardInterrupt
    if code != 0:
        raise ReelineError(
            f"the ingest flow ended with {code}; its messages are above, the server's in "
            f"{settings.data / 'prefect' / 'server.log'}. Running `reeline demo` again goes on."
        )


def _print_next(settings: Settings, report: Path) -> None:
    where = f"--data {settings.data}"
    out.print(Text(f"\nThe report to open: {report}", style="bold"))
    out.print(Text("Three commands to try next:", style="bold"))
    question = "SELECT company, role, kind, date_start FROM company_events WHERE role = 'excluded'"
    for line in (
        f"reeline timeline --kind license_granted {where}",
        f'reeline sql "{question}" {where}',
        f"reeline explain first-general-licenses {where}",
    ):
        out.print(Text(f"  {line}"), soft_wrap=True)


def demo_site_command(
    port: Annotated[int, typer.Option(help="Port of 127.0.0.1; 0 takes a free one.")] = 8765,
) -> None:
    """Serve the newsroom on 127.0.0.1 until Ctrl-C, to look at its pages in a browser."""
    serve_forever(port, on_ready=_say_ready)


def _say_ready(site: Newsroom) -> None:
    out.print(f"newsroom on {site.url} (Ctrl-C stops it)")
    for host in site.hosts:
        out.print(f"  {site.url}/~{host}/", soft_wrap=True)

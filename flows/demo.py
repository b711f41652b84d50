"""`python -m flows.demo '{...}'`: the real `ingest` flow once, against a private Prefect server.

What `reeline demo` starts in a process of its own; the parameters are those of the flow.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from flows.lifeline import die_with_parent
from flows.server import ServerError, client_settings, private_server, run_with


def main() -> int:
    """Start the server, run the flow, stop the server; return the flow's exit code."""
    die_with_parent(os.getppid())
    parser = argparse.ArgumentParser(prog="python -m flows.demo")
    parser.add_argument("parameters", help="the flow's parameters as JSON; `data` is needed")
    given = parser.parse_args().parameters
    parameters = json.loads(given)
    home = Path(parameters["data"]) / "prefect"
    # The demo shows what this version reads, also in the folder of an older one.
    given = json.dumps({"with_stale": True} | parameters)
    try:
        with private_server(home) as api_url:
            return run_with(client_settings(home, api_url), "flows.ingest", given)
    except ServerError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())

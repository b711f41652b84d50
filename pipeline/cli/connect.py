"""The `--connect-to` option: hosts that are sent to a loopback address."""

from typing import Annotated

import typer

from models.errors import InputError

ConnectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--connect-to",
        metavar="HOST=127.0.0.1:PORT",
        help="Send a host to a loopback address, like `curl --connect-to`. For the demo and tests.",
        show_default=False,
    ),
]


def parse_connect_to(pairs: list[str]) -> dict[str, tuple[str, int]]:
    """Return host -> (address, port) of HOST=ADDRESS:PORT options.

    Raises:
        InputError: An option has another form.
    """
    found: dict[str, tuple[str, int]] = {}
    for pair in pairs:
        host, _, target = pair.partition("=")
        address, _, port = target.rpartition(":")
        if not (host and address and port.isdigit()):
            raise InputError(f"--connect-to {pair!r}: expected HOST=127.0.0.1:PORT")
        found[host] = (address, int(port))
    return found

"""A PostgreSQL of our own for tests: fresh, on loopback, gone afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

_START_S = 30.0


def binaries():
    """Return the folder of the newest PostgreSQL programs; None when there are none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    on_path = shutil.which("initdb")
    found = [*([Path(on_path).parent] if on_path else []), *debian]
    whole = [folder for folder in found if (folder / "initdb").exists()]
    return whole[-1] if whole else None


def why_not():
    """Return why no server can be started here; None when one can."""
    if binaries() is None:
        return "no PostgreSQL programs (initdb) on PATH or in /usr/lib/postgresql"
    if os.geteuid() == 0 and not _has_user():
        return "PostgreSQL does not run as root, and there is no user postgres"
    return None


def _has_user():
    try:
        pwd.getpwnam("postgres")
    except KeyError:
        return False
    return True


def _options():
    """Return how to start its programs: never as root, and with no setting of ours."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    if os.geteuid() == 0:
        return {"user": "postgres", "group": "postgres", "env": plain, "cwd": "/"}
    return {"env": plain}


@contextmanager
def running():
    """Yield what libpq needs to reach a new server, which is ended with the block."""
    folder = Path(tempfile.mkdtemp(prefix="reeline-postgres-"))
    server = None
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        data = folder / "data"
        make = [binaries() / "initdb", "-D", data, "-A", "trust", "-U", "reeline", "--no-sync"]
        subprocess.run(make, check=True, capture_output=True, **_options())
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = [binaries() / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port)]
        words += ["-k", folder, "-c", "fsync=off"]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(words, stdout=log, stderr=log, **_options())
        _wait(server, port, folder / "log")
        yield f"host=127.0.0.1 port={port} user=reeline"
    finally:
        if server is not None:
            server.send_signal(signal.SIGQUIT)  # nothing of it is kept
            server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server, port, log):
    deadline = time.monotonic() + _START_S
    asked = [binaries() / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(asked, check=False, **_options()).returncode != 0:
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.1)


def create_database(conninfo, name):
    """Make a database on the server."""
    host, port, user = (word.partition("=")[2] for word in conninfo.split())
    words = [binaries() / "createdb", "-h", host, "-p", port, "-U", user, name]
    subprocess.run(words, check=True, capture_output=True, **_options())

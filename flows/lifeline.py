"""Programs that end with the one that started them, even when that one is killed.

`python -m flows.lifeline PARENT_PID module [arguments]` runs a module so. Linux tells the child at
once; elsewhere it looks every second whether its parent is still there.
"""

import ctypes
import os
import runpy
import signal
import sys
import threading
import time

_PR_SET_PDEATHSIG = 1
_LOOK_S = 1.0


def die_with_parent(parent_pid: int) -> None:
    """Make this process get SIGTERM when its parent ends, and end now when it already has.

    Args:
        parent_pid: Who started this process, as that one knows its own id.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    else:
        threading.Thread(target=_watch, args=(parent_pid,), daemon=True).start()
    # Also after the call: the parent may have ended just before it.
    if os.getppid() != parent_pid:
        sys.exit(128 + signal.SIGTERM)


def tied_command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our interpreter's modules tied to this process."""
    return [sys.executable, "-m", "flows.lifeline", str(os.getpid()), module, *arguments]


def _watch(parent_pid: int) -> None:
    while os.getppid() == parent_pid:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Run the module of the command line, tied to the process of the given id."""
    parent_pid, module, *arguments = sys.argv[1:]
    die_with_parent(int(parent_pid))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

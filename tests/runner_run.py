"""Run by tests as a program: the flow `backfill` on a data folder, with the runner of the setting.

A program of its own, because a runner is chosen when the flow is imported.
"""

import json
import sys

from pipeline.partitions import BackfillRequest


def main() -> None:
    """Run the flow of the command line's JSON: data, and the fields of the request."""
    from flows.backfill import backfill

    given = json.loads(sys.argv[1])
    done = backfill(request=BackfillRequest(**given["request"]), data=given["data"])
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":  # the processes of a pool import this file again
    main()

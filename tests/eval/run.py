"""`make eval`: every evaluation that the project has, one after the other."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
STEPS = (
    ("gate.py", "facts of the annotated texts, English and Chinese, against the pinned floors"),
    ("peers.py", "general tools on the same texts"),
    ("quantity_cases.py", "quantity cases"),
    ("date_cases.py", "date cases"),
    ("event_cases.py", "license event cases"),
    ("clustering.py", "mentions to timeline events"),
    ("pages.py", "article stage on real news pages"),
    ("agreement.py", "two readers of those pages, and the gate between them"),
    ("feeds.py", "feeds, sitemaps and crawls as publishers write them"),
)


def main() -> int:
    """Run every step; return 1 when one failed."""
    failed = []
    for name, about in STEPS:
        print(f"\n== {about} ({name})", flush=True)
        if subprocess.run([sys.executable, str(HERE / name)], check=False).returncode:
            failed.append(name)
    print(f"\nfailed: {', '.join(failed)}" if failed else "\nall evaluations passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

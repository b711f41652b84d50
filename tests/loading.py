"""A loader process and a reader thread, for tests of many at one store.

Not a test: the script prints the number of each batch that the store has acknowledged.
"""

import threading

from pipeline.store_read import query

FACTS = 20
BY_VERSION = "SELECT version_id, count(*) AS n FROM tonnage GROUP BY version_id"
_SCRIPT = """
import sys
from pathlib import Path
from pipeline.settings import Settings
from pipeline.staging import Batch, stage
from pipeline.store import Store
data, first, last, *lake = sys.argv[1:]
places = dict(zip(("store", "lake_data_path"), lake))
settings = Settings(data=Path(data), lock_wait_s=60, **places)
settings.prepare()
for number in range(int(first), int(last)):
    keys = dict(article_id=f"a{number}", version_id=f"v{number}", text="1 t", rule_id="r",
        extractor_version="1")
    facts = [dict(keys, char_start=i, char_end=i + 3, unit_assumed=False, bound="exact",
        flow="export", basis="month", role="level", tonnes=float(i)) for i in range(FACTS)]
    batch = Batch(batch_id=f"b{number}", replaces=(f"v{number}",), rows={"tonnage": facts})
    staged = stage(settings.staging_dir, batch)
    with Store(settings) as store:
        store.load(staged)
    print(number, flush=True)
"""


def write_loader(folder):
    """Write the script: data folder, first and last batch, and of a lake its store and files."""
    script = folder / "loader.py"
    script.write_text(_SCRIPT.replace("FACTS", str(FACTS)))
    return script


class Reader(threading.Thread):
    """Asks one data folder's snapshot again and again until told to stop."""

    def __init__(self, settings, *, pause_s):
        super().__init__()
        self.settings, self.pause_s = settings, pause_s
        self.is_done = threading.Event()
        self.polls, self.failures = [], []

    def run(self):
        while not self.is_done.wait(self.pause_s):
            if self.settings.snapshot_file.exists():
                self.poll()

    def poll(self):
        try:
            found = query(self.settings, BY_VERSION)
        except Exception as error:
            self.failures.append(error)
        else:
            self.polls.append(len(found))
            self.failures.extend(n for n in found["n"] if n != FACTS)

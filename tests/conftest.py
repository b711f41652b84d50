"""Fixtures that many tests share: a data folder, a store, and no way out to the network."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path

import pytest

from models.pages import Source
from pipeline.acquire import acquire_sources
from pipeline.catalog import load_sources
from pipeline.fetch import FetchSettings
from pipeline.ingest import IngestReport, ingest
from pipeline.newsroom.server import Newsroom
from pipeline.settings import Settings


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections off the loopback range, so that no test depends on the network."""
    real = socket.socket.connect

    def connect(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if host and not str(host).startswith("127.") and host not in {"::1", "localhost"}:
            raise OSError(f"tests may not connect to {host}")
        real(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with a fresh data folder."""
    made = Settings(data=tmp_path / "data", lock_wait_s=20.0)
    made.prepare()
    return made


@dataclass(frozen=True)
class Chain:
    """The newsroom with its sources: `run` ingests it into a data folder."""

    site: Newsroom
    sources: tuple[Source, ...]

    def run(self, settings: Settings) -> IngestReport:
        fetch_settings = FetchSettings(connect_to=self.site.connect_to)
        acquire = partial(acquire_sources, settings, self.sources, fetch_settings)
        return ingest(settings, acquire, sources=self.sources)


@pytest.fixture(scope="session")
def chain() -> Iterator[Chain]:
    """The newsroom, served for the whole session."""
    with Newsroom() as site, as_file(files("pipeline") / "newsroom" / "sources") as folder:
        yield Chain(site=site, sources=load_sources(folder))


@pytest.fixture(scope="session")
def demo(chain: Chain, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data folder into which the newsroom was ingested. Read-only."""
    made = Settings(data=tmp_path_factory.mktemp("demo"), lock_wait_s=60.0)
    chain.run(made)
    return made

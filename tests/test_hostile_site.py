"""A crawl of a site that does everything wrong: it ends, each address has a row, manners hold."""

import resource
from collections import defaultdict
from itertools import pairwise

import hostile_behaviours  # noqa: F401 - registers what the hosts do
import httpcore2
import pytest
from hostile_site import BEHAVIOURS, HostileSite, host_of

from models.pages import Source
from models.vocabulary import SourceKind
from pipeline import fetch_transport
from pipeline.acquire import acquire_sources, acquire_urls
from pipeline.addresses import forbidden_reason
from pipeline.archive import RawArchive
from pipeline.fetch import FetchSettings
from pipeline.store_read import query

DELAY_S = 0.1
# Labels of hosts whose answers are kept byte for byte.
AS_SERVED = ("chunks", "packed", "packed-brotli", "cookies", "charset-lie", "frames", "login-wall")
# Name -> what its look-ups answer, one after another, the last for ever.
NAMES = {
    "inner.hostile.example": [("127.0.0.1",)],
    "office.example": [("10.20.30.40",)],
    "lan.example": [("192.168.7.7",)],
    "link.example": [("fe80::1%2",)],
    "mapped.example": [("::ffff:127.0.0.1",)],
    "translated.example": [("64:ff9b::7f00:1",)],
    "tunnel.example": [("2002:7f00:1::1",)],
    "group.example": [("224.0.0.251",)],
    "mixed.example": [("203.0.114.9", "127.0.0.1")],
    "rebinding.example": [("203.0.114.9",), ("127.0.0.1",)],
    "nowhere.example": [()],
    "2130706433": [("127.0.0.1",)],
}


@pytest.fixture(scope="module")
def site():
    with HostileSite() as made:
        yield made


@pytest.fixture
def dialed(monkeypatch):
    """Every connection that the transport opens; those off loopback are noted and fail."""
    log = []
    answers = {name: list(given) for name, given in NAMES.items()}
    real = fetch_transport.GuardedBackend._dial

    def look_up(host, port):
        given = answers.get(host, [(host,)])
        return given.pop(0) if len(given) > 1 else given[0]

    async def dial(self, host, address, port, *rest):
        log.append((host, address, port))
        if address != "127.0.0.1":
            raise httpcore2.ConnectError("no way out of the test")
        return await real(self, host, address, port, *rest)

    monkeypatch.setattr(fetch_transport, "_look_up", look_up)
    monkeypatch.setattr(fetch_transport.GuardedBackend, "_dial", dial)
    return log


def settings_for(site, settings, **changes):
    hosts = [host_of(label) for label in BEHAVIOURS]
    connect_to = dict.fromkeys(hosts, ("127.0.0.1", site.port))
    connect_to["closed.example"] = ("127.0.0.1", 1)
    options = {
        "contact": "robot@reeline.example",
        "hosts_dir": settings.data / "hosts",
        "default_delay_s": DELAY_S,
        "deadline_s": 4.0,
        "connect_timeout_s": 3.0,
        "max_body_bytes": 300_000,
        "max_wire_bytes": 250_000,
        "max_attempts": 3,
        "backoff_s": 0.05,
        "too_many_pause_s": 0.3,
        "retry_after_cap_s": 1.0,
        "host_pause_s": 60.0,
    }
    return FetchSettings(connect_to=connect_to, **{**options, **changes})


def outcomes(settings):
    rows = query(
        settings,
        "SELECT url, reason AS outcome FROM rejection UNION ALL SELECT url, 'page' FROM page_fetch",
    )
    found = defaultdict(set)
    for url, outcome in rows.itertuples(index=False):
        found[url].add(outcome)
    return found


def assert_polite(seen, delay_s):
    by_host = defaultdict(list)
    for request in seen:
        by_host[request.host].append(request.at)
    for host, times in by_host.items():
        gaps = [later - earlier for earlier, later in pairwise(sorted(times))]
        assert min(gaps, default=9.0) >= delay_s, (host, gaps)


def expected_outcomes():
    """Return what comes of each address that is asked for."""
    expected = {f"http://{host_of(label)}/": kind for label, (_, kind) in BEHAVIOURS.items()}
    expected |= {f"http://{name}/": "address_forbidden" for name in NAMES}
    expected |= {
        "http://nowhere.example/": "unreachable",
        "http://closed.example/": "unreachable",
        "http://127.0.0.1/": "address_forbidden",
        "http://[::1]/": "address_forbidden",
        "http://ann:pw@circle.hostile.example/": "bad_url",
    }
    return expected


def assert_only_allowed(dialed, port):
    for host, address, dialed_port in dialed:
        is_ours = (address, dialed_port) in {("127.0.0.1", port), ("127.0.0.1", 1)}
        assert is_ours or forbidden_reason(address) is None, (host, address)
    assert {address for _, address, _ in dialed} <= {"127.0.0.1", "203.0.114.9"}


def assert_kept_as_served(archive, sent):
    entries = {e.url: e for name in archive.files() for e in archive.entries(name)}
    for label in AS_SERVED:
        kept = archive.read_response(entries[f"http://{host_of(label)}/"])
        assert kept == bytes(sent[host_of(label)]), label
    reports = list(archive.check_files())
    assert [report.problems for report in reports if report.problems] == []
    assert sum(report.revisits for report in reports) >= 2


def test_every_behaviour_ends_in_its_row(site, settings, dialed):
    assert len(BEHAVIOURS) >= 60
    expected = expected_outcomes()
    tracked = [f"http://{host_of('soft-404')}/?utm_source={name}" for name in ("feed", "mail")]
    site.seen.clear()
    memory_before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    given = [*expected, *tracked]
    acquire_urls(settings, given, settings_for(site, settings), run_label="hostile")
    memory_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory_before_kb
    assert memory_kb < 150_000

    found = outcomes(settings)
    wrong = {url: found[url] for url, kind in expected.items() if found[url] != {kind}}
    details = query(settings, "SELECT url, detail FROM rejection").values.tolist()
    assert wrong == {}, [detail for url, detail in details if url in wrong]
    assert_only_allowed(dialed, site.port)
    assert_polite(site.seen, DELAY_S)
    *_, before, page = (seen.at for seen in site.seen if seen.host == host_of("robots-delay"))
    assert page - before >= 0.6  # what its robots.txt asks for
    heads = [seen.head.lower() for seen in site.seen]
    assert not [head for head in heads if "cookie:" in head]
    assert all("user-agent: reeline/" in h and "(+robot@reeline.example)" in h for h in heads)
    asked = {
        label: [seen.path for seen in site.seen if seen.host == host_of(label)]
        for label in ("robots-forbids", "soft-404")
    }
    assert asked["robots-forbids"] == ["/robots.txt"]
    assert [path for path in asked["soft-404"] if path.startswith("/?") or path == "/"] == ["/"]
    assert_kept_as_served(RawArchive(settings.archive_dir), site.sent)


def source_of(host, **places):
    return Source(
        slug="hostile",
        name="Hostile",
        homepage=f"http://{host}/",
        kind=SourceKind.NEWS,
        country=None,
        languages=("en",),
        owner_group=None,
        **{"feeds": (), "sitemaps": (), "listings": (), "article_pattern": "/", **places},
        delay_s=DELAY_S,
        relevance_terms=(),
        enabled=True,
    )


def test_infinite_places_to_discover_end_too(site, settings, dialed):
    host = host_of("calendar")
    source = source_of(
        host,
        feeds=(f"http://{host_of('endless-body')}/feed",),
        sitemaps=(f"http://{host_of('brotli-bomb')}/sitemap.xml",),
        listings=(f"http://{host}/calendar",),
        article_pattern="month=",
    )
    site.seen.clear()
    acquire_sources(settings, [source], settings_for(site, settings), run_label="hostile")
    found = outcomes(settings)
    assert found[f"http://{host_of('endless-body')}/feed"] == {"too_large"}
    assert found[f"http://{host_of('brotli-bomb')}/sitemap.xml"] == {"too_large"}
    assert found[f"http://{host}/calendar?month=1"] == {"page"}
    assert_polite(site.seen, DELAY_S)

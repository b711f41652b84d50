"""TLS against real handshakes on loopback: good certificates pass, everything else is a row."""

import asyncio
import re
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
import trustme
from tls_site import PAGE, cut, drip, open_tls_site, redirect, serve_plainly, stall

from models.errors import FetchError, SettingsError
from models.vocabulary import RejectionReason
from pipeline.acquire import acquire_urls
from pipeline.answers import Answer, redirect_target
from pipeline.fetch import Fetcher, FetchSettings
from pipeline.store_read import query

HOST = "seal.example"
LONG_AGO = datetime.now(UTC) - timedelta(days=9)


@pytest.fixture
def site(tmp_path):
    with open_tls_site(tmp_path) as made:
        yield made


def settings_for(hosts, **options):
    defaults = {"default_delay_s": 0.0, "backoff_s": 0.01, "deadline_s": 5.0, "max_attempts": 1}
    return FetchSettings(connect_to=hosts, **{**defaults, **options})


def fetch(config, url=f"https://{HOST}/letter", lookup=None):
    async def run():
        async with Fetcher(config, lookup=lookup) as fetcher:
            return await fetcher.get(url, source="seal")

    return asyncio.run(run())


def test_certificate_of_a_trusted_authority_is_good(site):
    address = site.listen(site.certified(HOST))
    page = fetch(settings_for({HOST: address}, ca_file=site.ca_file))
    assert page.body == PAGE
    assert page.request.startswith(b"GET /letter HTTP/1.1\r\n"), "recorded inside the encryption"
    assert page.response.endswith(PAGE)
    # The connection went to an address; name, certificate and Host are those of the host.
    assert {name for name, _ in site.requests} == {HOST}
    assert all(f"\r\nhost: {HOST}\r\n" in head.lower() for _, head in site.requests)


def test_certificate_is_checked_against_the_name_not_the_address(site):
    address = site.listen(site.certified("127.0.0.1"))
    with pytest.raises(FetchError, match=r"valid certificate.*seal.example"):
        fetch(settings_for({HOST: address}, ca_file=site.ca_file))
    assert site.requests == []


def test_authority_of_the_environment_is_trusted(site, monkeypatch):
    address = site.listen(site.certified(HOST))
    with pytest.raises(FetchError, match="valid certificate"):
        fetch(settings_for({HOST: address}))
    monkeypatch.setenv("REELINE_CA_FILE", str(site.ca_file))
    assert fetch(settings_for({HOST: address})).body == PAGE
    monkeypatch.delenv("REELINE_CA_FILE")
    monkeypatch.setenv("SSL_CERT_FILE", str(site.ca_file))
    assert fetch(settings_for({HOST: address})).body == PAGE


def test_authority_of_the_setting_comes_beside_the_others(site, tmp_path, monkeypatch):
    other = trustme.CA()
    other.cert_pem.write_to_path(str(tmp_path / "other.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    hosts = {
        HOST: site.listen(site.certified(HOST)),
        "b.example": site.listen(site.certified("b.example", by=other)),
    }
    config = settings_for(hosts, ca_file=site.ca_file)
    assert fetch(config).body == fetch(config, "https://b.example/").body == PAGE


@pytest.mark.parametrize("content", [None, b"", b"no certificate"])
@pytest.mark.parametrize("variable", ["REELINE_CA_FILE", "SSL_CERT_FILE"])
def test_file_of_certificates_must_be_one(tmp_path, content, variable, monkeypatch):
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv(variable, str(file))
    with pytest.raises(SettingsError, match=f"{variable}.*PEM"):
        Fetcher(FetchSettings())


BAD = {
    "expired": "valid certificate.*expired",
    "future": "valid certificate.*not yet valid",
    "elsewhere": "valid certificate.*mismatch",
    "lone": "valid certificate.*self-signed",
    "stranger": "valid certificate.*local issuer",
    "old": "TLS 1.2 or newer",
    "plain": "TLS 1.2 or newer",
    "stalls": "in time",
    "drips": "in time",
    "cut": "expected a connection",
    "huge": "TLS 1.2 or newer.*EXCESSIVE_MESSAGE_SIZE",
}


def open_bad_hosts(site, folder) -> dict[str, tuple[str, int]]:
    thousands = [f"office-of-mines-number-{number}.example" for number in range(4000)]
    with pytest.warns(DeprecationWarning, match="TLSv1"):
        old = site.old("old.example")
    serves = {
        "expired": site.certified("expired.example", not_before=LONG_AGO, not_after=LONG_AGO),
        "future": site.certified("future.example", not_before=datetime.now(UTC) + timedelta(9)),
        "elsewhere": site.certified("other.example"),
        "lone": site.self_signed(folder),
        "stranger": site.certified("stranger.example", by=trustme.CA()),
        "old": old,
        "plain": serve_plainly,
        "stalls": stall,
        "drips": drip,
        "cut": cut,
        "huge": site.certified("huge.example", *thousands),
    }
    return {f"{name}.example": site.listen(serve) for name, serve in serves.items()}


def test_every_bad_handshake_is_a_row_with_its_reason(site, settings, tmp_path):
    hosts = open_bad_hosts(site, tmp_path)
    config = settings_for(
        hosts, ca_file=site.ca_file, connect_timeout_s=0.7, deadline_s=1.5, max_attempts=2
    )
    start = time.monotonic()
    acquire_urls(settings, [f"https://{host}/" for host in hosts], config, run_label="tls")
    assert time.monotonic() - start < 20
    rows = query(settings, "SELECT url, reason, detail FROM rejection").itertuples(index=False)
    details = {url.removeprefix("https://").partition(".")[0]: (why, d) for url, why, d in rows}
    assert details.keys() == BAD.keys()
    wrong = {name: found for name, found in details.items() if not re.search(BAD[name], found[1])}
    assert wrong == {}
    assert {reason for reason, _ in details.values()} == {RejectionReason.UNREACHABLE}
    assert site.requests == [], "nothing was asked over a connection that is not safe"


def test_only_what_may_pass_is_tried_again(site):
    tried = SimpleNamespace(expired=0, cut=0)

    def count(name, serve):
        def serve_counted(connection):
            setattr(tried, name, getattr(tried, name) + 1)
            serve(connection)

        return serve_counted

    expired = site.certified("expired.example", not_before=LONG_AGO, not_after=LONG_AGO)
    hosts = {
        "expired.example": site.listen(count("expired", expired)),
        "cut.example": site.listen(count("cut", cut)),
    }
    for host in hosts:
        with pytest.raises(FetchError):
            fetch(settings_for(hosts, ca_file=site.ca_file, max_attempts=3), f"https://{host}/")
    assert (tried.expired, tried.cut) == (1, 3)


def test_redirect_never_leaves_https(site):
    plain, sealed = site.listen(serve_plainly), site.listen(site.certified(HOST, "b.example"))
    site.answers |= {
        "/down": redirect("http://b.example/letter"),
        "/down-80": redirect(f"http://{HOST}:80/letter"),
        "/same": redirect(f"http://{HOST}/same"),
        "/port": redirect("http://b.example:8080/letter"),
    }
    hosts = {HOST: sealed, "b.example": sealed}
    config = settings_for(hosts, ca_file=site.ca_file)
    assert fetch(config, f"https://{HOST}/down").final_url == "https://b.example/letter"
    assert fetch(config, f"https://{HOST}/down-80").final_url == f"https://{HOST}/letter"
    for path in ("/same", "/port"):
        with pytest.raises(FetchError, match="keeps to https") as caught:
            fetch(config, f"https://{HOST}{path}")
        assert caught.value.reason is RejectionReason.BAD_URL
        assert not caught.value.retryable
    # A target that has no https is out of reach, not read without it.
    with pytest.raises(FetchError, match=r"TLS 1.2 or newer"):
        fetch(
            settings_for({**hosts, "b.example": plain}, ca_file=site.ca_file),
            f"https://{HOST}/down",
        )


def test_robots_that_leave_https_are_asked_for_inside_it(site):
    sealed = site.listen(site.certified(HOST))
    site.answers |= {
        "/robots.txt": redirect(f"http://{HOST}/rules"),
        "/rules": b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 25\r\n\r\n"
        b"User-agent: *\nDisallow: /",
    }
    with pytest.raises(FetchError, match="robots"):
        fetch(settings_for({HOST: sealed}, ca_file=site.ca_file))


@pytest.mark.parametrize(
    ("url", "location", "target"),
    [
        ("http://a.example/x", "https://a.example/x", "https://a.example/x"),
        ("http://a.example/x", "http://b.example/", "http://b.example/"),
        ("https://a.example/x", "/y", "https://a.example/y"),
        # As bytes on the wire: UTF-8 is read as such, GB2312 is passed on as it came.
        ("http://a.example/x", "/稀".encode().decode("latin-1"), "http://a.example/稀"),
        ("http://a.example/x", "/\xcd\xc1?a=%20b", "http://a.example/%CD%C1?a=%20b"),
        ("HTTPS://a.example/x", "http://[2001:db8::1]:80/y", "https://[2001:db8::1]/y"),
    ],
)
def test_redirect_targets(url, location, target):
    assert redirect_target(url, Answer(302, (("Location", location),), b"")) == target

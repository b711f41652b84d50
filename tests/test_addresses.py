"""Which numeric addresses may be connected to."""

import pytest

from models.errors import SettingsError
from pipeline.addresses import forbidden_reason
from pipeline.fetch_settings import FetchSettings

HOST = "gazette.example"


@pytest.mark.parametrize("address", ["10.0.0.1", "93.184.216.34", "::2", "printer.local"])
def test_connect_to_must_be_loopback(address):
    with pytest.raises(SettingsError):
        FetchSettings(connect_to={HOST: (address, 80)})


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [
        ("93.184.216.34", False),
        ("2606:2800:220:1::1", False),
        ("127.8.8.8", True),
        ("10.1.2.3", True),
        ("172.31.255.1", True),
        ("172.32.0.1", False),
        ("192.168.1.1", True),
        ("100.64.0.1", True),
        ("169.254.169.254", True),
        ("224.0.0.251", True),
        ("0.0.0.0", True),
        ("255.255.255.255", True),
        ("::1", True),
        ("::", True),
        ("fe80::1%eth0", True),
        ("fc00::1", True),
        ("ff02::1", True),
        ("::ffff:93.184.216.34", True),
        ("::93.184.216.34", True),
        ("64:ff9b::7f00:1", True),
        ("2002:7f00:1::", True),
        ("64:ff9b:1::a00:1", True),
        ("fec0::1", True),
        ("198.18.0.1", True),
        ("192.0.2.7", True),
        ("240.0.0.1", True),
        ("127.0.0.1:80", True),
        ("0x7f000001", True),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", True),
        ("gazette.example", True),
    ],
)
def test_forbidden_addresses(address, is_refused):
    assert (forbidden_reason(address) is not None) is is_refused

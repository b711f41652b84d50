"""Which network addresses may be connected to. Pure rules, no look-ups and no connections.

A page, a feed or a redirect can name any host, so the guard looks at the numeric address that the
connection is made to, not at the name (`pipeline/fetch.py` applies it).
"""

from collections.abc import Iterable, Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from models.errors import FetchError, SettingsError
from models.vocabulary import RejectionReason

_Address = IPv4Address | IPv6Address

# `is_global` does not cover these: they carry an IPv4 address of their own choosing.
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_IPV4_COMPATIBLE = ip_network("::/96")


def forbidden_reason(address: str) -> str | None:
    """Return why a numeric address must not be connected to, or None when it may be.

    Refused: loopback, private, link-local, multicast, reserved, unspecified, shared (100.64/10),
    and IPv6 forms that embed an IPv4 address (mapped, compatible, 6to4, Teredo, NAT64), because
    what they lead to depends on the machine. RFC 6890 lists the special ranges.
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return "not a numeric address"
    if isinstance(found, IPv6Address) and (embedding := _embedding(found)) is not None:
        return embedding
    for name in ("is_loopback", "is_link_local", "is_multicast", "is_unspecified", "is_private"):
        if getattr(found, name):
            return name.removeprefix("is_").replace("_", "-")
    # Site-local (fec0::/10) was given up in 2004 and is still routed inside old networks.
    is_site_local = isinstance(found, IPv6Address) and found.is_site_local
    if found.is_reserved or is_site_local or not found.is_global:
        return "reserved"
    return None


def _embedding(address: IPv6Address) -> str | None:
    if address.is_loopback or address.is_unspecified:
        return None
    if address.ipv4_mapped is not None or address in _IPV4_COMPATIBLE:
        return "ipv4-mapped"
    if address.sixtofour is not None or address.teredo is not None:
        return "tunnel"
    return "nat64" if any(address in network for network in _NAT64) else None


def require_allowed(host: str, addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the addresses of a host, without repeats, when every one of them may be used.

    One forbidden address refuses the host: a public name that also points inside is either an
    attack or a broken zone, and picking the other address would hide it.

    Raises:
        FetchError: `ADDRESS_FORBIDDEN`, or `UNREACHABLE` when there is no address.
    """
    unique = tuple(dict.fromkeys(addresses))
    if not unique:
        message = f"{host}: expected an address, the name has none"
        raise FetchError(message, reason=RejectionReason.UNREACHABLE, retryable=True)
    for address in unique:
        if (why := forbidden_reason(address)) is not None:
            message = f"{host}: expected a public address, found {address} ({why})"
            raise FetchError(message, reason=RejectionReason.ADDRESS_FORBIDDEN)
    return unique


def check_connect_to(connect_to: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """Return the host overrides with lower-case keys; each must lead to a loopback address.

    Raises:
        SettingsError: An override leads anywhere else, so it could bypass the address rules.
    """
    checked: dict[str, tuple[str, int]] = {}
    for host, (address, port) in connect_to.items():
        try:
            is_loopback = ip_address(address).is_loopback
        except ValueError:
            is_loopback = False
        if not is_loopback or not 0 < port < 65536:
            message = f"connect_to[{host!r}]: expected a loopback address, found {address}:{port}"
            raise SettingsError(message)
        checked[host.rstrip(".").lower()] = (address, port)
    return checked

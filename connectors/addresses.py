"""Which network addresses a fetch may connect to: the guard against feeds that point into our own network.

Called by `connectors.fetch` with the address that a socket is about to connect to, so names, literal addresses and every
redirect hop pass the same check, after name resolution. Decides only; opens nothing.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

# cloud metadata services outside the link-local range: AWS over IPv6, Alibaba, Oracle (vendors' manuals, from memory 2026-11)
METADATA = frozenset(map(ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192")))
NAT64 = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address


def _reached(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address that is reached in the end: an IPv4 address wrapped in IPv6 is unwrapped."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if isinstance(NAT64, IPv6Network) and address in NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def refusal(host: str, *, allow_private: bool) -> str:
    """Why no connection to this numeric address may be made, "" when it may.

    With `allow_private` private and loopback addresses are open; link-local, metadata, multicast and unspecified ones never are.
    """
    try:
        address = _reached(ip_address(host.split("%", 1)[0]))
    except ValueError:
        return f'"{host}" is no numeric address'
    if address in METADATA or address.is_link_local:
        return f"{address} is a link-local or metadata address"
    if address.is_multicast or address.is_unspecified:
        return f"{address} is no address of one host"
    if not allow_private and (not address.is_global or address.is_reserved):
        return f"{address} is not a public address; set allow_private on the feed if it is meant"
    return ""

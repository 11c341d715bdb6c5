"""Which IP addresses are somebody's on the internet, and which lie in a network of one's own."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

# IANA's registry of special-purpose addresses, and multicast.
_PRIVATE_4 = (
    IPv4Network("0.0.0.0/8"),  # this network
    IPv4Network("10.0.0.0/8"),
    IPv4Network("100.64.0.0/10"),  # shared behind a provider's NAT
    IPv4Network("127.0.0.0/8"),
    IPv4Network("169.254.0.0/16"),  # link-local, and where clouds tell machines their keys
    IPv4Network("172.16.0.0/12"),
    IPv4Network("192.0.0.0/24"),  # protocol assignments
    IPv4Network("192.0.2.0/24"),  # documentation
    IPv4Network("192.88.99.0/24"),  # relays of 6to4
    IPv4Network("192.168.0.0/16"),
    IPv4Network("198.18.0.0/15"),  # measuring
    IPv4Network("198.51.100.0/24"),  # documentation
    IPv4Network("203.0.113.0/24"),  # documentation
    IPv4Network("224.0.0.0/4"),  # multicast
    IPv4Network("240.0.0.0/4"),  # reserved, broadcast
)

# RFC 4291 §2.4: all that is routed lies in it, and nothing that is local.
_GLOBAL_6 = IPv6Network("2000::/3")
_PRIVATE_6 = (
    IPv6Network("2001::/23"),  # protocol assignments; Teredo, which holds an IPv4 address
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("2002::/16"),  # 6to4, which leads wherever the IPv4 address in it does, and which nobody needs
    IPv6Network("3fff::/20"),  # documentation
)

# RFC 6052 §2.1: a network without IPv4 reaches it through these, so the address inside decides.
_TRANSLATED = IPv6Network("64:ff9b::/96")


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is somebody's on the internet, and nobody's in a network of one's own."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _PRIVATE_4)
    inside = address.ipv4_mapped
    if address in _TRANSLATED:
        inside = IPv4Address(int(address) & 0xFFFFFFFF)
    if inside is not None:
        return is_public(inside)
    return address in _GLOBAL_6 and not any(address in network for network in _PRIVATE_6)

"""Which addresses the hub calls: it is nobody's way into the network in which it stands."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.addresses import Address, UnreachableError, reachable, read_address
from rollbook.errors import Malformed
from rollbook.networks import is_public

INSIDE = [
    "127.0.0.1",
    "127.9.9.9",
    "0.0.0.0",
    "0.1.2.3",
    "10.1.2.3",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "192.0.0.8",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd12:3456::1",
    "ff02::1",
    "100::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:10.1.2.3",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::808:808",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
OUTSIDE = ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", INSIDE)
def test_an_address_inside_a_network_is_not_called_nor_a_name_that_stands_for_it(address: str) -> None:
    with pytest.raises(UnreachableError, match="has no public address; list it in ROLLBOOK_CALLBACK_ALLOW"):
        reachable("innocent.example", 443, lambda host, port: [address])
    written = f"[{address}]" if ":" in address else address
    with pytest.raises(Malformed, match="is an address inside a private network"):
        read_address(f"https://{written}/")


@pytest.mark.parametrize("address", OUTSIDE)
def test_an_address_on_the_internet_is_called(address: str) -> None:
    assert reachable("app.example", 443, lambda host, port: [address]) == [address]


def test_of_a_names_addresses_only_public_ones_are_called_each_once() -> None:
    found = ["127.0.0.1", "8.8.8.8", "fe80::1%eth0", "::1", "8.8.8.8", "2606:4700:4700::1111"]
    assert reachable("mixed.example", 80, lambda host, port: found) == ["8.8.8.8", "2606:4700:4700::1111"]


def test_a_name_that_the_owner_allows_is_called_wherever_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROLLBOOK_CALLBACK_ALLOW", " Hooks.Example. , 10.0.0.7")
    assert reachable(read_address("http://HOOKS.example/").host, 80, lambda host, port: ["10.1.2.3"]) == ["10.1.2.3"]
    assert read_address("http://10.0.0.7:81/").port == 81
    with pytest.raises(Malformed):
        read_address("http://10.0.0.8/")
    with pytest.raises(UnreachableError):
        reachable("other.example", 80, lambda host, port: ["10.1.2.3"])


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("ready", "is not an http or https address (such as https://app.example.org/hook)"),
        ("", "is not an http or https address (such as https://app.example.org/hook)"),
        ("ftp://hooks.example/", "is not an http or https address (such as https://app.example.org/hook)"),
        ("file:///etc/passwd", "is not an http or https address (such as https://app.example.org/hook)"),
        ("javascript:alert(1)", "is not an http or https address (such as https://app.example.org/hook)"),
        ("//hooks.example/", "is not an http or https address (such as https://app.example.org/hook)"),
        ("http://[::1", "is not an http or https address (such as https://app.example.org/hook)"),
        ("http://h.example:port/", "is not an http or https address (such as https://app.example.org/hook)"),
        ("http://h.example:99999/", "is not an http or https address (such as https://app.example.org/hook)"),
        ("http://h.example:0/", "has port 0, which web servers do not use (use 443, 80, or a port from 1024 up)"),
        ("http://h.example:25/", "has port 25, which web servers do not use (use 443, 80, or a port from 1024 up)"),
        ("http://8.8.8.8@app.example/", "has a user name before the host (remove everything before the @)"),
        ("http://user:word@app.example/", "has a user name before the host (remove everything before the @)"),
        ("http://2130706433/", "has an IP address that is not written as four numbers (write it like app.example.org)"),
        ("http://0x7f.1/", "has an IP address that is not written as four numbers (write it like app.example.org)"),
        ("http://0177.0.0.1/", "has an IP address that is not written as four numbers (write it like app.example.org)"),
        ("http://0/", "has an IP address that is not written as four numbers (write it like app.example.org)"),
        ("http://127.1/", "has an IP address that is not written as four numbers (write it like app.example.org)"),
        ("http://app.example..org/", "has an invalid host name (write it like app.example.org)"),
        ("http://127%2e0%2e0%2e1/", "has an invalid host name (write it like app.example.org)"),
        ("http://-app.example/", "has an invalid host name (write it like app.example.org)"),
        (f"http://{'a' * 64}.example/", "has an invalid host name (write it like app.example.org)"),
        ("http://[fe80::1%25eth0]/", "has an invalid IPv6 address, or one with a network interface"),
        ("http://localhost/", "has a host name that is known only inside a private network"),
        ("http://LOCALHOST./", "has a host name that is known only inside a private network"),
        ("http://app.localhost/", "has a host name that is known only inside a private network"),
        ("http://intranet/", "has a host name that is known only inside a private network"),
        ("http://printer.local/", "has a host name that is known only inside a private network"),
        ("http://mis.school.internal/", "has a host name that is known only inside a private network"),
        ("http://127.0.0.1./", "is an address inside a private network"),
        ("http://\uff11\uff12\uff17.0.0.1/", "is an address inside a private network"),
        ("http://127。0。0。1/", "is an address inside a private network"),
        ("http://ⓛocalhost/", "has a host name that is known only inside a private network"),
        ("https://app.example/a b", "contains a space, a backslash or a control character (encode it, as %20)"),
        ("https://app.example\\@127.0.0.1/", "contains a space, a backslash or a control character"),
        ("https://app.example/\r\nHost: x", "contains a space, a backslash or a control character"),
        (f"https://app.example/{'x' * 2048}", "is longer than 2,048 characters"),
    ],
)
def test_what_can_never_be_called_is_refused_with_the_reason(url: str, told: str) -> None:
    with pytest.raises(Malformed) as refused:
        read_address(url, "callbackUrl")
    assert f"callbackUrl: {told}" in str(refused.value)


def test_all_that_is_wrong_with_an_address_is_told_at_once() -> None:
    with pytest.raises(Malformed) as refused:
        read_address("http://me@0x7f.1:22/a b")
    assert [p.what for p in refused.value.problems] == [
        "contains a space, a backslash or a control character",
        "has a user name before the host",
        "has an IP address that is not written as four numbers",
        "has port 22, which web servers do not use",
    ]


def test_an_address_is_read_as_it_is_called() -> None:
    assert read_address("HTTPS://App.Example.ORG.") == Address(True, "app.example.org", 443, "/", "")
    read = read_address("http://bücher.example:8080/é/b?name=é&x=%20#part")
    assert read == Address(False, "xn--bcher-kva.example", 8080, "/%C3%A9/b", "name=%C3%A9&x=%20")
    assert (read.target, read.authority) == ("/%C3%A9/b?name=%C3%A9&x=%20", "xn--bcher-kva.example:8080")
    assert read_address("http://[2606:4700:4700:0::1111]/").authority == "[2606:4700:4700::1111]"


def test_parameters_are_put_behind_those_of_the_address() -> None:
    read = read_address("https://app.example/hook?Id=42&estab=3281102&note=a%20b%26c")
    said = [("id", "7"), ("estab", "9994001"), ("XodCompleted", "False"), ("ErrorMessage", "M 1 & é: no")]
    assert read.adding(said).query == (
        "Id=42&estab=3281102&note=a%20b%26c&XodCompleted=False&ErrorMessage=M%201%20%26%20%C3%A9%3A%20no"
    )
    assert read_address("https://app.example/hook").adding([("id", "7"), ("XodCompleted", "")]).target == (
        "/hook?id=7&XodCompleted="
    )
    assert read.adding([]) is read


# ---- whatever is written


NUMBERS = st.integers(min_value=0, max_value=2**32 - 1)
LISTED = st.sampled_from(["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.0.1", "8.8.8.8"])


@given(NUMBERS | LISTED.map(lambda a: int(ipaddress.IPv4Address(a))))
def test_an_ipv4_address_is_public_only_where_the_library_says_so_too(number: int) -> None:
    address = ipaddress.IPv4Address(number)
    if is_public(address):
        assert address.is_global
        assert not address.is_multicast
    for inside in (f"::ffff:{address}", str(ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) + number))):
        assert is_public(ipaddress.IPv6Address(inside)) == is_public(address)
    a, b = f"{number >> 16:x}", f"{number & 0xFFFF:x}"
    for never in (f"2002:{a}:{b}::1", f"2001:0:{a}:{b}::", f"::{address}"):
        assert not is_public(ipaddress.IPv6Address(never))


@given(st.integers(min_value=0, max_value=2**128 - 1))
def test_an_ipv6_address_is_public_only_where_the_library_says_so_too(number: int) -> None:
    address = ipaddress.IPv6Address(number)
    if is_public(address) and address.ipv4_mapped is None and number >> 32 != 0x64FF9B << 64:
        assert address.is_global
        assert not address.is_multicast


def spelled(number: int) -> list[str]:
    """The ways in which C libraries read an IPv4 address (inet_aton), and some that only look like one."""
    a, b, c, d = number.to_bytes(4, "big")
    dotted = f"{a}.{b}.{c}.{d}"
    return [
        dotted,
        f"{dotted}.",
        str(number),
        hex(number),
        f"0x{a:x}.0x{b:x}.0x{c:x}.0x{d:x}",
        f"0{a:o}.0{b:o}.0{c:o}.0{d:o}",
        f"{a}.{b}.{c << 8 | d}",
        f"{a}.{(b << 16) | (c << 8) | d}",
        dotted.replace(".", "。"),
        dotted.translate({ord(str(n)): 0xFF10 + n for n in range(10)}),
        f"user@{dotted}",
        f"[::ffff:{dotted}]",
        f"[64:ff9b::{a << 8 | b:x}:{c << 8 | d:x}]",
    ]


@given(
    NUMBERS | LISTED.map(lambda a: int(ipaddress.IPv4Address(a))), st.integers(0, 12), st.sampled_from(["", ":8080"])
)
def test_however_an_address_is_spelled_what_is_called_is_public(number: int, how: int, port: str) -> None:
    try:
        read = read_address(f"http://{spelled(number)[how]}{port}/")
    except Malformed:
        return
    # What the system would look up for the host that was read: numbers as C understands them, or that very address.
    for found in socket.getaddrinfo(read.host, read.port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST):
        assert is_public(ipaddress.ip_address(found[4][0]))


TEXTS = st.text(st.characters(codec=None) | st.sampled_from(" @:/\\?#[]%.\r\n\t\0"), max_size=40)


@given(st.builds("{}://{}{}".format, st.sampled_from(["http", "https", "HTTP", " http", "ftp"]), TEXTS, TEXTS))
def test_whatever_is_written_is_refused_or_fit_for_a_request_line(url: str) -> None:
    try:
        read = read_address(url)
    except Malformed:
        return
    line = f"POST {read.target} HTTP/1.1\r\nHost: {read.authority}\r\n"
    assert line.isascii()
    assert len(line.split()) == 5
    assert line.count("\n") == 2
    assert read.host == read.host.lower().strip(".")
    assert "@" not in read.authority

"""Which addresses may be dialled: by range, by spelling, by what a name says when it is dialled."""

from __future__ import annotations

import ipaddress
import socket

import pytest
import requests

from monitor.addresses import SPECIAL, check_address, check_port, check_url, networks, spelled_address
from monitor.errors import AddressRefused, ConfigError
from monitor.guard import dial, guarded_session, time_limit
from tests.servers import Answer, HostileServer, WebServer


def words(text: str) -> list[str]:
    return text.split()


PRIVATE = words(
    """
    0.0.0.0 0.0.0.1 0.255.255.255 10.0.0.0 10.0.0.1 10.255.255.255 100.64.0.0 100.64.0.1 100.127.255.255
    127.0.0.0 127.0.0.1 127.0.1.1 127.255.255.254 127.255.255.255 169.254.0.1 169.254.169.254 169.254.170.2
    168.63.129.16 172.16.0.0 172.16.0.1 172.31.255.255 192.0.0.0 192.0.0.1 192.0.0.8 192.0.0.9 192.0.0.10
    192.0.0.170 192.0.2.0 192.0.2.1 192.31.196.1 192.52.193.1 192.88.99.1 192.88.99.2 192.168.0.0 192.168.0.1
    192.168.255.255 192.175.48.1 198.18.0.0 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.0 203.0.113.255
    224.0.0.1 224.0.0.251 239.255.255.250 240.0.0.1 250.1.2.3 255.255.255.254 255.255.255.255 :: ::1 ::2
    ::ffff:0:0 ::127.0.0.1 ::10.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254
    ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8 64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::8.8.8.8
    64:ff9b::a9fe:a9fe 64:ff9b:1::1 64:ff9b:1:ffff::1 100::1 100::ffff:ffff 100:0:0:1::1 2001::1
    2001:0:4136:e378::1 2001:1::1 2001:1::2 2001:2::1 2001:3::1 2001:4:112::1 2001:10::1 2001:20::1 2001:30::1
    2001:1ff:ffff::1 2001:db8::1 2001:db8:ffff::1 2002::1 2002:7f00:1:: 2002:7f00:1::1 2002:a00:1::
    2002:808:808:: 2620:4f:8000::1 3fff::1 3fff:fff:ffff::1 5f00::1 5f00:ffff::1 fc00::1 fd00::1 fd00:ec2::254
    fdff:ffff::1 fe80::1 fe80::7f00:1 febf::1 fec0::1 feff::1 ff00::1 ff01::1 ff02::1 ff02::fb ff05::2 ff0e::1
    4000::1 1000::1 8000::1 e000::1
    """
)
PUBLIC = words(
    """
    1.0.0.1 1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.1 93.184.216.34 100.63.255.255 100.128.0.1 126.255.255.255
    128.0.0.1 169.253.255.255 169.255.0.1 172.15.255.255 172.32.0.1 178.172.160.1 191.255.255.255 192.0.1.1
    192.0.3.1 192.167.1.1 192.169.0.1 198.17.255.255 198.20.0.1 203.0.112.1 203.0.114.1 223.255.255.255
    2001:200::1 2001:4860:4860::8888 2003::1 2606:4700::1111 2620:4f:7fff::1 2a00:1450:4001::1 2a02:6b8::1
    3ffe::1
    """
)
SPELLED = words(
    """
    2130706433 0x7f000001 0x7F.1 0177.0.0.1 0177.1 017700000001 127.1 127.0.1 0 0x0 0.0 10.1 0xa.0x1 3232235777
    ①②⑦.⓪.⓪.① 127。0。0。1 １２７.0.0.1 127.0.0.1. localhost LOCALHOST localhost. a.localhost 0xA9FEA9FE 2852039166
    169.254.43518
    """
)
URLS = (
    "file:///etc/passwd",
    "ftp://example.org/",
    "gopher://example.org/",
    "data:text/plain,x",
    "javascript:alert(1)",
    "//example.org/",
    "example.org",
    "",
    "http://",
    "http:///path",
    "http://user:pw@127.0.0.1/",
    "http://user@example.org/",
    "http://example.org@127.0.0.1/",
    "http://example.org\\@127.0.0.1/",
    "http://exa mple.org/",
    "http://example.org/\r\nX: y",
    "http://example.org/\t",
    "http://exam\x00ple.org/",
    "http://%31%32%37.0.0.1/",
    "http://[::1]/",
    "http://[::ffff:7f00:1]/",
    "http://[fe80::1%25lo]/",
    "http://[::ffff:127.0.0.1]:80/",
    "http://[64:ff9b::7f00:1]/",
    "http://[::1",
    "http://example.org:22/",
    "http://example.org:25/",
    "http://example.org:6379/",
    "http://example.org:9200/",
    "http://example.org:11211/",
    "http://example.org:99999/",
    "http://example.org:-1/",
    "http://example.org:x/",
    "http://127.0.0.1:80/",
    "https://10.0.0.1/",
    "https://192.168.1.1/router",
)
LOOPBACK = networks(["127.0.0.0/8"])


def test_there_are_enough_vectors() -> None:
    assert len(PRIVATE) + len(SPELLED) + len(URLS) > 150


@pytest.mark.parametrize("ip", PRIVATE)
def test_s01_what_is_not_public_is_refused(ip: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(ip)


@pytest.mark.parametrize("ip", PUBLIC)
def test_what_is_public_passes(ip: str) -> None:
    check_address(ip)


@pytest.mark.parametrize(
    "ip", ["", "example.org", "127.1", "0x7f000001", "1.2.3.4.5", "fe80::1%eth0", "2a00::1%eth0", "::g"]
)
def test_s02_what_is_no_canonical_address_is_refused(ip: str) -> None:
    with pytest.raises(AddressRefused):
        check_address(ip)


@pytest.mark.parametrize("host", SPELLED)
def test_s02_odd_spellings_are_read_as_the_system_reads_them(host: str) -> None:
    spelled = spelled_address(host)
    assert spelled and not ipaddress.ip_address(spelled).is_global
    with pytest.raises(AddressRefused):
        check_url(f"http://{host}/")


@pytest.mark.parametrize("url", URLS)
def test_s02_urls_that_are_never_asked(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://spring96.org./be",
        "http://nashaniva.com/rss",
        "https://xn--80ak6aa92e.com/",
        "https://example.org:8443/feed?a=1#top",
        "http://8.8.8.8/",
        "https://прыклад.by/",
    ],
)
def test_ordinary_urls_pass(url: str) -> None:
    assert check_url(url).hostname


def test_s01_every_special_range_is_refused_at_both_ends() -> None:
    for network in SPECIAL:
        for ip in (network[0], network[-1]):
            with pytest.raises(AddressRefused):
                check_address(str(ip))


def test_only_named_ranges_are_opened() -> None:
    check_address("127.0.0.1", LOOPBACK)
    check_url("http://127.1:9999/", LOOPBACK)
    for ip in ("10.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254"):
        with pytest.raises(AddressRefused):
            check_address(ip, LOOPBACK)


def test_s06_odd_ports_are_for_opened_ranges_only() -> None:
    check_port(443, "8.8.8.8", LOOPBACK)
    check_port(6379, "127.0.0.1", LOOPBACK)
    with pytest.raises(AddressRefused):
        check_port(6379, "8.8.8.8", LOOPBACK)


def test_s06_where_a_range_is_opened_the_port_of_a_name_is_judged_when_it_is_dialled() -> None:
    check_url("http://feeds.example:6379/", LOOPBACK)
    with time_limit(0.5), pytest.raises(AddressRefused):
        dial("feeds.example", 6379, LOOPBACK, lambda host, port: ["93.184.216.34"])


def test_a_mistyped_range_is_a_mistake_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match=r"network\.allow"):
        networks(["10.0.0.1/8"])


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1"],
        ["::1"],
        ["0.0.0.0"],
        ["10.0.0.1"],
        ["169.254.169.254"],
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["2606:4700::1111", "fe80::1"],
    ],
)
def test_s03_a_name_is_refused_if_any_of_its_addresses_is_not_public(answers: list[str]) -> None:
    with pytest.raises(AddressRefused):
        dial("feeds.example", 80, (), lambda host, port: answers)


def test_s04_a_name_that_changes_its_mind_never_gets_a_connection_it_should_not() -> None:
    """Rebinding: the answer that was checked is the one that is dialled, whatever the next look-up says."""
    with WebServer() as canary, WebServer(host="127.0.0.2") as good:
        good.says("/", Answer(body=b"good"))
        port = int(good.url.rpartition(":")[2])
        turns = {"n": 0}

        def resolve(host: str, asked_port: int) -> list[str]:
            turns["n"] += 1
            return ["127.0.0.2"] if turns["n"] % 2 else ["127.0.0.1"]

        session = guarded_session(networks(["127.0.0.2/32"]), resolve=resolve)
        results = []
        for _ in range(1000):
            try:
                results.append(session.get(f"http://rebind.example:{port}/", headers={"Connection": "close"}).content)
            except AddressRefused:
                results.append(b"refused")
        assert results == [b"good", b"refused"] * 500
        assert canary.asked == []
        assert turns["n"] == 1000  # one look-up a connection: there is no second one to poison


def test_s01_a_refused_address_is_never_connected_to() -> None:
    with HostileServer(lambda connection: None) as canary:
        for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"):
            url = canary.url.replace("127.0.0.1", host)
            with pytest.raises(AddressRefused):
                guarded_session().get(url)
        assert canary.connections == 0


def test_s07_the_environment_names_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    with WebServer() as canary, WebServer() as server:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, canary.url)
        url = server.says("/", Answer(body=b"direct"))
        assert guarded_session(LOOPBACK).get(url).content == b"direct"
        assert canary.asked == []


def test_s05_no_redirect_is_followed_and_no_cookie_is_kept() -> None:
    with WebServer() as server:
        url = server.says("/", Answer(302, headers=(("Location", "/other"), ("Set-Cookie", "a=b; Path=/"))))
        session = guarded_session(LOOPBACK)
        assert session.get(url).status_code == 302
        session.get(url)
        assert server.paths() == ["/", "/"]
        assert server.asked[1].get("Cookie") is None


def test_a_name_nobody_knows_is_a_plain_connection_error() -> None:
    def resolve(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    with pytest.raises(requests.ConnectionError):
        guarded_session(resolve=resolve).get("http://nowhere.example/")

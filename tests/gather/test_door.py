"""The door in: what it sends, what it follows, what it will not take."""

from __future__ import annotations

import gzip
import itertools
import socket
import ssl
import threading
import time
import tracemalloc
import zlib
from datetime import timedelta

import brotli
import pytest
import trustme

from monitor.config import NetworkConfig
from monitor.errors import AddressRefused, NoAnswer
from monitor.gather.egress import Door, user_agent
from monitor.gather.turns import Turns
from monitor.gather.unpack import Unpacker
from monitor.guard import guarded_session
from tests.servers import Answer, HostileServer, WebServer, drip, pour

FEED = b"<rss><channel><title>t</title></channel></rss>"


def redirect(target: str, status: int = 301) -> Answer:
    return Answer(status, headers=(("Location", target),))


# -------------------------------------------------------------------------------------------------- what it sends


def test_e01_a_request_says_who_we_are_and_nothing_else(network: NetworkConfig) -> None:
    door = Door(network.model_copy(update={"contact": "desk@example.org"}))
    with WebServer() as server:
        door.get(server.says("/feed?x=1", Answer(body=FEED)))
        asked = server.asked[0]
    assert asked.method == "GET" and asked.path == "/feed?x=1"
    agent = asked.get("User-Agent") or ""
    assert agent.startswith("release-monitor/") and "+https://" in agent and "desk@example.org" in agent
    assert "gzip" in (asked.get("Accept-Encoding") or "")
    for name in ("If-None-Match", "If-Modified-Since", "Cookie", "Referer", "Authorization"):
        assert asked.get(name) is None


def test_e02_e03_headers_go_out_byte_for_byte(door: Door) -> None:
    sent = (("If-None-Match", 'W/"a b;c"'), ("If-Modified-Since", "Wed, 01 Jan 2020 00:00:00 GMT"))
    with WebServer() as server:
        door.get(server.says("/", Answer(304)), headers=sent)
        assert [server.asked[0].get(name) for name, _ in sent] == [value for _, value in sent]


def test_a_contact_joins_the_user_agent() -> None:
    plain = NetworkConfig(user_agent="watcher/2", contact="a@example.org")
    assert user_agent(plain) == "watcher/2 (a@example.org)"


# ------------------------------------------------------------------------------------------------------- redirects


def test_a_permanent_chain_is_recorded_with_its_end(door: Door) -> None:
    with WebServer() as server:
        url = server.says("/a", redirect("/b"))
        server.says("/b", redirect("/c", 308))
        server.says("/c", Answer(body=FEED))
        answer = door.get(url)
    assert answer.body == FEED
    assert [status for status, _ in answer.chain] == [301, 308]
    assert answer.moved_to.endswith("/c") and answer.url == answer.moved_to


@pytest.mark.parametrize("status", [302, 303, 307])
def test_e17_one_temporary_hop_makes_the_whole_chain_temporary(door: Door, status: int) -> None:
    with WebServer() as server:
        url = server.says("/a", redirect("/b", 301))
        server.says("/b", redirect("/c", status))
        server.says("/c", Answer(body=FEED))
        answer = door.get(url)
    assert answer.body == FEED and answer.moved_to == ""


def test_e17_conditional_headers_are_sent_at_every_hop(door: Door) -> None:
    with WebServer() as server:
        url = server.says("/a", redirect("/b", 302))
        server.says("/b", Answer(304))
        assert door.get(url, headers=[("If-None-Match", '"x"')]).status == 304
        assert [asked.get("If-None-Match") for asked in server.asked] == ['"x"', '"x"']


def test_f07_five_redirects_are_followed_and_no_more(door: Door) -> None:
    with WebServer() as server:
        for n in range(25):
            server.says(f"/{n}", redirect(f"/{n + 1}"))
        server.says("/25", Answer(body=FEED))
        assert door.get(f"{server.url}/20").status == 200
        with pytest.raises(NoAnswer, match="redirects more than 5"):
            door.get(f"{server.url}/19")
        assert len(server.asked) == 6 + 6


def test_f07_a_redirect_loop_ends(door: Door) -> None:
    with WebServer() as server:
        with pytest.raises(NoAnswer):
            door.get(server.says("/a", redirect("/a")))
        assert len(server.asked) == 6


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/passwd",
        "data:text/plain,x",
        "ftp://example.org/x",
        "gopher://example.org/",
        "javascript:alert(1)",
        "http://10.0.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://[::1]/",
        "http://0x0a000001/",
        "http://user:pw@127.0.0.1/",
        "//10.0.0.1/x",
        "http://10.0.0.\t1/",
    ],
)
def test_f07_a_redirect_out_of_bounds_is_refused(door: Door, target: str) -> None:
    """By its spelling, before anything of it is tried: that no library of ours speaks gopher is luck."""
    with WebServer() as server, pytest.raises(AddressRefused):
        door.get(server.says("/", redirect(target)))


def test_f07_a_redirect_to_no_address_is_refused(door: Door) -> None:
    with WebServer() as server, pytest.raises(NoAnswer, match="not an address"):
        door.get(server.says("/", redirect("http://[bad")))


def test_s05_a_redirect_is_checked_where_it_lands(network: NetworkConfig) -> None:
    """127.0.0.1 is opened, the host next door is not."""
    door = Door(network.model_copy(update={"allow": ("127.0.0.1/32",)}))
    with WebServer() as server, WebServer(host="127.0.0.2") as canary:
        with pytest.raises(AddressRefused):
            door.get(server.says("/", redirect(canary.url)))
        assert canary.asked == []


def test_a_redirect_without_a_target_is_an_ordinary_answer(door: Door) -> None:
    with WebServer() as server:
        assert door.get(server.says("/", Answer(302))).status == 302


def test_the_body_of_a_redirect_is_not_read(door: Door) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: {}\r\n\r\n"
    with WebServer() as good:
        target = good.says("/", Answer(body=FEED))
        with HostileServer(pour(head.replace(b"{}", target.encode()), b"x" * 65536)) as server:
            began = time.monotonic()
            assert door.get(server.url).body == FEED
            assert time.monotonic() - began < 1


# ------------------------------------------------------------------------------------------------- length and packing


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(FEED, mtime=0)),
        ("GZIP", gzip.compress(FEED, mtime=0)),
        ("x-gzip", gzip.compress(FEED[:10], mtime=0) + gzip.compress(FEED[10:], mtime=0)),
        ("gzip", gzip.compress(FEED, mtime=0) + b"\0\0\0\0"),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED)[2:-4]),
        ("identity", FEED),
        ("", FEED),
    ],
)
def test_compressions_that_were_asked_for_are_undone(door: Door, encoding: str, packed: bytes) -> None:
    with WebServer() as server:
        answer = door.get(server.says("/", Answer(body=packed, headers=(("Content-Encoding", encoding),))))
    assert answer.body == FEED and answer.wire == len(packed)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("br", brotli.compress(FEED)),
        ("zstd", b"(\xb5/\xfd"),
        ("gzip, gzip", gzip.compress(gzip.compress(FEED, mtime=0), mtime=0)),
        ("gzip, gzip, gzip, gzip, gzip", b"x"),
        ("gzip", b"this is not gzip"),
        ("deflate", b"this is not deflate"),
        ("gzip", gzip.compress(FEED, mtime=0)[:-9]),
        ("gzip", gzip.compress(FEED, mtime=0) + b"trailing rubbish"),
    ],
)
def test_f02_other_compressions_and_broken_ones_are_refused(door: Door, encoding: str, packed: bytes) -> None:
    with WebServer() as server, pytest.raises(NoAnswer) as caught:
        door.get(server.says("/", Answer(body=packed, headers=(("Content-Encoding", encoding),))))
    assert caught.value.answered


@pytest.mark.parametrize("squeeze", [gzip.compress, zlib.compress])
def test_f01_a_bomb_is_stopped_at_the_cap(network: NetworkConfig, squeeze: type[bytes]) -> None:
    door = Door(network.model_copy(update={"max_decoded": 1_000_000}))
    bomb = squeeze(b"\0" * 60_000_000)
    name = "gzip" if squeeze is gzip.compress else "deflate"
    with WebServer() as server, pytest.raises(NoAnswer, match="unpacks to more than"):
        door.get(server.says("/", Answer(body=bomb, headers=(("Content-Encoding", name),))))


@pytest.mark.parametrize("squeeze", [gzip.compress, zlib.compress])
def test_f01_a_bomb_does_not_lie_in_memory_before_it_is_stopped(squeeze: type[bytes]) -> None:
    bomb = squeeze(b"\0" * 60_000_000)
    unpacker = Unpacker("gzip" if squeeze is gzip.compress else "deflate", 1_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(NoAnswer, match="unpacks to more than"):
            unpacker.feed(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_f03_an_endless_body_is_cut_at_the_cap(network: NetworkConfig) -> None:
    door = Door(network.model_copy(update={"max_bytes": 300_000}))
    flood = HostileServer(pour(b"HTTP/1.1 200 OK\r\n\r\n", b"x" * 65536))
    with flood as server, pytest.raises(NoAnswer, match="longer than 300,000"):
        door.get(server.url)


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<rss>only this",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n1000\r\nhalf",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n<rss>\r\n",
    ],
)
def test_f11_half_a_body_is_no_body(door: Door, said: bytes) -> None:
    with HostileServer(lambda connection: connection.sendall(said)) as server, pytest.raises(NoAnswer) as caught:
        door.get(server.url)
    assert caught.value.answered


# ------------------------------------------------------------------------------------------------------------ patience


@pytest.mark.parametrize(
    "behave",
    [
        pytest.param(drip([b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", *[b"x"] * 999]), id="body drip"),
        pytest.param(drip([b"HTTP/1.1 200 OK\r\n", *[b"X-A: b\r\n"] * 999]), id="header drip"),
        pytest.param(drip([b"H", b"T", *[b"T"] * 999]), id="status line drip"),
        pytest.param(drip([b"HTTP/1.1 100 Continue\r\n\r\n"] * 999), id="endless continue"),
        pytest.param(
            drip([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 999]), id="chunk drip"
        ),
        pytest.param(lambda connection: time.sleep(30), id="silence"),
    ],
)
def test_f04_whatever_trickles_in_the_whole_exchange_ends_in_time(door: Door, behave: object) -> None:
    with HostileServer(behave) as server:  # type: ignore[arg-type]
        began = time.monotonic()
        with pytest.raises(NoAnswer, match="did not answer completely within 2 s"):
            door.get(server.url)
        assert time.monotonic() - began < 3


def test_f04_redirects_have_one_limit_together(network: NetworkConfig) -> None:
    def behave(connection: socket.socket) -> None:
        time.sleep(0.4)
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")

    door = Door(network.model_copy(update={"total": timedelta(seconds=1)}))
    with HostileServer(behave) as server, pytest.raises(NoAnswer, match="did not answer completely"):
        door.get(server.url)


def test_f04_a_tls_handshake_that_never_ends_is_given_up(door: Door) -> None:
    with HostileServer(lambda connection: time.sleep(30), silent=True) as server:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            door.get(server.url.replace("http://", "https://"))
        assert time.monotonic() - began < 3


def test_a_name_server_that_never_answers_is_given_up(network: NetworkConfig) -> None:
    def resolve(host: str, port: int) -> list[str]:
        time.sleep(30)
        return []

    began = time.monotonic()
    with pytest.raises(NoAnswer, match=r"the name feeds\.example is not known"):
        Door(network, resolve=resolve).get("http://feeds.example/")
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "said",
    [
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 1_000_000 + b"\r\n\r\n",
        b"\x00\x01\x02\x03\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_f06_what_is_not_http_is_trouble_with_a_sentence(door: Door, said: bytes) -> None:
    with HostileServer(lambda connection: connection.sendall(said)) as server, pytest.raises(NoAnswer) as caught:
        door.get(server.url)
    assert len(str(caught.value)) > 10


def test_nobody_at_home_is_said_so(door: Door) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NoAnswer, match="refused the connection") as caught:
        door.get(f"http://127.0.0.1:{port}/")
    assert not caught.value.answered


# ----------------------------------------------------------------------------------------------------------------- TLS


def tls_server(authority: trustme.CA, host: str) -> HostileServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsafe")

    return HostileServer(behave, silent=True)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_certificate_is_checked_against_the_name_that_was_asked(network: NetworkConfig) -> None:
    authority = trustme.CA()
    door = Door(network, context=trusting(authority), resolve=lambda host, port: ["127.0.0.1"])
    with tls_server(authority, "feeds.example") as server:
        port = server.url.rstrip("/").rpartition(":")[2]
        assert door.get(f"https://feeds.example:{port}/").body == b"safe"
        with pytest.raises(NoAnswer, match=r"certificate of other\.example is not valid"):
            door.get(f"https://other.example:{port}/")


def test_an_unknown_authority_is_refused(network: NetworkConfig) -> None:
    door = Door(network, resolve=lambda host, port: ["127.0.0.1"])
    with tls_server(trustme.CA(), "feeds.example") as server:
        port = server.url.rstrip("/").rpartition(":")[2]
        with pytest.raises(NoAnswer, match="certificate"):
            door.get(f"https://feeds.example:{port}/")


def test_f07_https_does_not_become_http(network: NetworkConfig) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("feeds.example").configure_cert(context)

    def behave(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1/\r\nContent-Length: 0\r\n\r\n")

    door = Door(network, context=trusting(authority), resolve=lambda host, port: ["127.0.0.1"])
    with HostileServer(behave, silent=True) as server:
        port = server.url.rstrip("/").rpartition(":")[2]
        with pytest.raises(NoAnswer, match="from https to http"):
            door.get(f"https://feeds.example:{port}/")


# --------------------------------------------------------------------------------------------------------------- proxy


def test_a_sources_proxy_gets_the_name_and_the_request(door: Door) -> None:
    with WebServer() as proxy:
        proxy.says("http://feeds.example/rss", Answer(body=FEED))
        assert door.get("http://feeds.example/rss", proxy=proxy.url).body == FEED


def test_through_a_proxy_literals_are_still_checked(door: Door) -> None:
    with WebServer() as proxy:
        for url in ("http://10.0.0.1/", "http://0x0a000001/", "http://[::1]/"):
            with pytest.raises(AddressRefused):
                door.get(url, proxy=proxy.url)
        assert proxy.asked == []


def test_a_dripping_proxy_is_given_up(door: Door) -> None:
    with HostileServer(drip([b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 999])) as proxy:
        began = time.monotonic()
        with pytest.raises(NoAnswer):
            door.get("http://feeds.example/", proxy=proxy.url)
        assert time.monotonic() - began < 3


def test_socks5h_gives_the_name_to_the_proxy(door: Door) -> None:
    seen: list[bytes] = []

    def behave(connection: socket.socket) -> None:
        connection.sendall(b"\x05\x00")
        seen.append(connection.recv(300))
        connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x50")
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    with HostileServer(behave) as proxy:
        address = proxy.url.replace("http://", "socks5h://").rstrip("/")
        assert door.get("http://abcdef.onion/", proxy=address).body == b"ok"
    assert b"abcdef.onion" in seen[0]


# --------------------------------------------------------------------------------------------------------------- turns


def test_e15_one_host_gets_one_request_at_a_time_with_pauses_between(network: NetworkConfig) -> None:
    door = Door(network.model_copy(update={"spacing": timedelta(seconds=0.1)}))
    with WebServer() as server:
        url = server.says("/", Answer(body=FEED))
        threads = [threading.Thread(target=door.get, args=(url,)) for _ in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        began = sorted(asked.began for asked in server.asked)
    assert len(began) == 5
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(began))


def test_two_hosts_do_not_wait_for_each_other() -> None:
    turns = Turns(timedelta(seconds=60))
    with turns.at("one"), turns.at("two"):
        assert turns.wait_for("one") > 0
    assert turns.wait_for("three") == 0


def test_a_crawl_delay_lengthens_the_pause_but_not_for_ever() -> None:
    turns = Turns(timedelta(0))
    turns.slow_down("slow", 10_000)
    with turns.at("slow"):
        pass
    assert 50 < turns.wait_for("slow") <= 60


def test_who_waits_for_a_turn_is_woken_when_the_program_stops() -> None:
    turns = Turns(timedelta(seconds=60))
    with turns.at("host"):
        pass
    threading.Timer(0.1, turns.closed.set).start()
    with pytest.raises(NoAnswer, match="stopping"), turns.at("host"):
        pytest.fail("no turn is given")


def test_a_session_can_be_used_outside_of_the_door() -> None:
    with WebServer() as server, pytest.raises(AddressRefused):
        guarded_session().get(server.url)

"""A mail server on loopback that keeps what it gets as raw bytes, and fails wherever a test tells it to.

    with MailServer() as server:
        server.fail("rcpt", "550 5.1.1 no such user")
        server.fail("dot", HANG, times=1)

Steps: banner, ehlo, starttls, auth, mail, rcpt, data, dot (before anything is kept), stored (after), quit.
"""

from __future__ import annotations

import base64
import socket
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from types import TracebackType

CLOSE = "close"
HANG = "hang"


@dataclass(frozen=True)
class Received:
    """One accepted mail."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes
    encrypted: bool
    at: float = field(default_factory=time.monotonic)

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]

    @property
    def text(self) -> str:
        """The decoded text part, lines ending as they do in Python."""
        part = self.message.get_body(("plain",))
        return part.get_content().replace("\r\n", "\n") if part else ""

    def headers(self) -> list[tuple[str, str]]:
        """Every header field as it stood on the wire, unfolded but not decoded."""
        head = self.raw.partition(b"\r\n\r\n")[0].decode("ascii", "backslashreplace")
        fields = head.replace("\r\n ", "\n ").replace("\r\n\t", "\n\t").split("\r\n")
        return [(name, value.strip()) for name, _, value in (f.partition(":") for f in fields)]


class MailServer:
    """`tls` is a server-side SSLContext: offered as STARTTLS, or from the first byte with `implicit`.

    With `login` (user, password) AUTH is offered (in clear too if `careless`) and demanded.
    """

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        login: tuple[str, str] | None = None,
        careless: bool = False,
        delay: float = 0.0,
    ) -> None:
        self.mails: list[Received] = []
        self.commands: list[tuple[bool, str]] = []  # (encrypted, line), in order of arrival
        self.connections = 0
        self._tls, self._implicit, self._login, self._careless, self._delay = tls, implicit, login, careless, delay
        self._failures: dict[str, list[tuple[str | Callable[[str], str | None], int | None]]] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.host, self.port = self._listener.getsockname()
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> MailServer:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        self.stop()

    def fail(self, step: str, answer: str | Callable[[str], str | None], times: int | None = None) -> None:
        """At `step` give `answer` (a reply line, CLOSE, HANG, or a function of the command line that returns one of
        these or None to go on), for the next `times` occasions or for ever."""
        with self._lock:
            self._failures.setdefault(step, []).append((answer, times))

    def mend(self) -> None:
        """Fail no more."""
        with self._lock:
            self._failures.clear()

    def to(self, address: str) -> list[Received]:
        """The mails one address got."""
        return [mail for mail in list(self.mails) if address in mail.recipients]

    def stop(self) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # closing alone leaves a port that still accepts
        self._listener.close()
        with self._lock:
            for connection in self._open:
                connection.close()

    # ------------------------------------------------------------------------------------------------ behind the scenes

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            _Conversation(self, connection).run()
        except (OSError, _HungUp):
            pass
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()

    def _failure(self, step: str, line: str) -> str | None:
        with self._lock:
            for number, (answer, times) in enumerate(self._failures.get(step, [])):
                said = answer(line) if callable(answer) else answer
                if said is None:
                    continue
                if times is not None:
                    rest = times - 1
                    self._failures[step][number : number + 1] = [(answer, rest)] if rest else []
                return said
        return None


class _HungUp(Exception):
    pass


class _Conversation:
    def __init__(self, server: MailServer, connection: socket.socket) -> None:
        self.server = server
        self.encrypted = False
        self.known = server._login is None
        self.sender = ""
        self.recipients: list[str] = []
        self.socket = connection
        self._read = connection.makefile("rb")

    def run(self) -> None:
        if self.server._implicit:
            self._encrypt()
        if not self._fails("banner", ""):
            self._say("220 mail.test ESMTP")
        while line := self._read.readline(4096):
            text = line.decode("utf-8", "replace").rstrip("\r\n")
            self.server.commands.append((self.encrypted, text))
            self._obey(text)

    def _obey(self, line: str) -> None:
        verb = line[:4].upper()
        step = {"HELO": "ehlo", "STAR": "starttls"}.get(verb, verb.lower())
        if self._fails(step, line):
            return
        action = getattr(self, f"_do_{step}", None)
        if action is None:
            self._say("500 5.5.1 no such command")
        else:
            action(line)

    def _do_ehlo(self, line: str) -> None:
        offers = ["mail.test", "8BITMIME", "ENHANCEDSTATUSCODES"]
        if self.server._tls and not self.encrypted:
            offers.append("STARTTLS")
        if self.server._login and (self.encrypted or self.server._careless):
            offers.append("AUTH PLAIN LOGIN")
        self._say("\r\n".join(f"250{' ' if o is offers[-1] else '-'}{o}" for o in offers))

    def _do_starttls(self, line: str) -> None:
        if not self.server._tls or self.encrypted:
            self._say("502 5.5.1 not here")
        else:
            self._say("220 2.0.0 go on")
            self._encrypt()

    def _do_auth(self, line: str) -> None:
        given = base64.b64decode(line.split()[-1]).decode().split("\0")[1:]
        self.known = tuple(given) == self.server._login
        self._say("235 2.7.0 welcome" if self.known else "535 5.7.8 no")

    def _do_mail(self, line: str) -> None:
        if not self.known:
            self._say("530 5.7.0 who are you?")
        else:
            self.sender, self.recipients = _address(line), []
            self._say("250 2.1.0 ok")

    def _do_rcpt(self, line: str) -> None:
        self.recipients.append(_address(line))
        self._say("250 2.1.5 ok")

    def _do_data(self, line: str) -> None:
        self._say("354 end with a dot")
        lines: list[bytes] = []
        while (got := self._read.readline()) != b".\r\n":
            if not got:
                raise _HungUp
            lines.append(got[1:] if got.startswith(b".") else got)
        if self._fails("dot", ""):
            return
        time.sleep(self.server._delay)
        mail = Received(self.sender, tuple(self.recipients), b"".join(lines), self.encrypted)
        self.server.mails.append(mail)
        if not self._fails("stored", ""):
            self._say("250 2.0.0 taken")

    def _do_rset(self, line: str) -> None:
        self.sender, self.recipients = "", []
        self._say("250 2.0.0 ok")

    def _do_noop(self, line: str) -> None:
        self._say("250 2.0.0 ok")

    def _do_quit(self, line: str) -> None:
        self._say("221 2.0.0 bye")
        raise _HungUp

    def _fails(self, step: str, line: str) -> bool:
        answer = self.server._failure(step, line)
        if answer is None:
            return False
        if answer == HANG:
            self.server._stopping.wait(60)
        if answer in (HANG, CLOSE):
            raise _HungUp
        self._say(answer)
        if answer.startswith("421"):
            raise _HungUp
        return True

    def _say(self, text: str) -> None:
        self.socket.sendall(text.encode() + b"\r\n")

    def _encrypt(self) -> None:
        assert self.server._tls
        plain, self.socket = self.socket, self.server._tls.wrap_socket(self.socket, server_side=True)
        with self.server._lock:
            self.server._open.discard(plain)
            self.server._open.add(self.socket)
        self.encrypted = True
        self._read = self.socket.makefile("rb")


def _address(line: str) -> str:
    return line.partition("<")[2].partition(">")[0]

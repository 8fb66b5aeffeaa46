"""Threads that visit: as many as may, never two at one host, and the slow ones aside."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from monitor.gather import crowd as module
from monitor.gather.crowd import Crowd


def finish(crowd: Crowd, seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while crowd and time.monotonic() < ends:
        for word in crowd.words(0.05):
            word()


def free(host: str) -> float:
    return 0.0


def test_everything_that_is_told_is_run_by_the_listening_thread() -> None:
    crowd, heard = Crowd(4, free), list[tuple[int, str]]()
    for n in range(20):
        crowd.add(f"host{n}", lambda n=n: crowd.tell(lambda: heard.append((n, threading.current_thread().name))))
    finish(crowd)
    assert sorted(n for n, _ in heard) == list(range(20))
    assert {name for _, name in heard} == {threading.current_thread().name}


def most_at_once(crowd: Crowd, hosts: list[str], seconds: float = 0.05) -> int:
    running, most, lock = [0], [0], threading.Lock()

    def visit() -> None:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(seconds)
        with lock:
            running[0] -= 1

    for host in hosts:
        crowd.add(host, visit)
    finish(crowd)
    return most[0]


def test_no_more_than_allowed_run_at_once() -> None:
    assert most_at_once(Crowd(3, free), [f"host{n}" for n in range(12)]) == 3


def test_one_host_has_one_visit_at_a_time() -> None:
    assert most_at_once(Crowd(8, free), ["host"] * 6) == 1


def test_a_host_whose_turn_has_not_come_is_left_waiting() -> None:
    ready = time.monotonic() + 0.3
    crowd, began = Crowd(8, lambda host: max(0.0, ready - time.monotonic())), list[float]()
    crowd.add("host", lambda: began.append(time.monotonic()))
    finish(crowd)
    assert began[0] >= ready


def test_slow_visits_give_their_place_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUICK", 0.2)
    crowd, done = Crowd(2, free), threading.Event()
    for n in range(4):
        crowd.add(f"slow{n}", lambda: done.wait(20) and None)
    crowd.add("good", done.set)
    began = time.monotonic()
    finish(crowd)
    assert done.is_set() and time.monotonic() - began < 5


def test_there_is_a_limit_for_the_slow_ones_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "QUICK", 0.01)
    assert most_at_once(Crowd(1, free), [f"host{n}" for n in range(20)], 0.5) == module.IN_ALL


def test_nothing_new_is_begun_while_too_much_waits_to_be_read() -> None:
    backlog, began = [9], list[int]()
    crowd = Crowd(2, free, lambda: backlog[0])
    crowd.add("host", lambda: began.append(1))
    for word in crowd.words(0.1):
        word()
    assert not began
    backlog[0] = 0
    finish(crowd)
    assert began


def test_an_error_in_a_visit_is_logged_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    crowd, heard = Crowd(2, free), list[int]()

    def broken() -> None:
        raise RuntimeError("a bug")

    jobs: list[Callable[[], None]] = [broken, lambda: heard.append(1)]
    for n, job in enumerate(jobs):
        crowd.add(f"host{n}", job)
    finish(crowd)
    assert heard == [1] and "a bug" in caplog.text


def test_what_is_forgotten_is_never_begun() -> None:
    crowd = Crowd(1, free)
    crowd.add("host", lambda: pytest.fail("begun"))
    crowd.forget_waiting()
    assert not crowd

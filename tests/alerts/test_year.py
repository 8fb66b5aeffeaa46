"""A simulated year: five zones, twenty jumps of the clock, the real store and the real decisions, `now` an argument."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.alerts import bundles
from monitor.alerts.digest import next_digest
from monitor.alerts.standing import Standing
from monitor.store import Database, matches, outbox, rows, write
from monitor.store.matches import NewMatch
from monitor.subscribers.keys import Keys
from tests.readers import add, reader

ZONES = {
    "Europe/Vilnius": "03:30",  # in the hour that is left out in spring and comes twice in autumn
    "Europe/Minsk": "08:00",
    "America/New_York": "02:30",
    "Australia/Lord_Howe": "01:45",  # its clocks move by half an hour
    "Pacific/Apia": "23:30",
}
BEGINS = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2027, 1, 1, tzinfo=UTC)
STEP = timedelta(hours=2)
JUMPS = 20
HOURS = (-20, -3, -1, 1, 3, 30, 50)  # back by less than a day; ahead as after a night or two without power


def test_d03_one_digest_per_local_day_with_content_in_a_year_of_five_zones_and_twenty_clock_jumps(
    private: Database, keys: Keys
) -> None:
    private.conn.execute("PRAGMA synchronous=OFF")  # a year of commits: the disk is not what is asked here
    year = Year(private, keys, random.Random(6))
    year.live()
    due = {(who, item) for who, items in year.due.items() for item in items}
    assert Counter(year.told) == Counter(due), "each item was told once, none was lost"
    assert max(Counter((who, day) for who, day in year.digests).values()) == 1, "one digest each local day at most"
    assert len(year.jumped) == JUMPS
    for (who, item), at in year.published.items():
        if not any(at - timedelta(days=2) < jump < at + timedelta(days=3) for jump in year.jumped):
            moment = next_digest(at, ZONES[who], who)
            assert year.told_at[who, item] == moment.astimezone(ZoneInfo(who)).date().isoformat(), (who, item)
    expected = {(who, day) for (who, _), day in year.told_at.items()}
    assert set(year.digests) == expected, "none without content"


def test_d03_the_weekly_note_comes_once_for_every_monday_of_that_year(private: Database, keys: Keys) -> None:
    private.conn.execute("PRAGMA synchronous=OFF")
    year = Year(private, keys, random.Random(7), content=False)
    year.live()
    mondays = [(BEGINS + timedelta(days=n)).date() for n in range(365)]
    wanted = {day.isoformat() for day in mondays if day.weekday() == 0}
    for who in ZONES:
        got = [day for of, day in year.notes if of == who]
        assert len(got) == len(set(got)), f"{who} had two notes in one week"
        # The first week is too short, and the last Monday may fall into 2027 there.
        assert wanted - set(got) <= {min(wanted), max(wanted)}, f"{who} missed a week"


class Year:
    """Time runs in steps; twenty times the clock jumps. What is due is sent at once, and old rows are forgotten."""

    def __init__(self, private: Database, keys: Keys, chance: random.Random, *, content: bool = True) -> None:
        self.private, self.standing, self.chance, self.content = private, Standing(keys), chance, content
        self.who = {add(private, keys, BEGINS, reader(f"{z}@x.test", zone=z, hour=h)): z for z, h in ZONES.items()}
        self.due: dict[str, list[str]] = defaultdict(list)
        self.published: dict[tuple[str, str], datetime] = {}
        self.told: list[tuple[str, str]] = []
        self.told_at: dict[tuple[str, str], str] = {}
        self.digests: list[tuple[str, str]] = []
        self.notes: list[tuple[str, str]] = []
        self.jumped: list[datetime] = []

    def live(self) -> None:
        steps = int((ENDS - BEGINS) / STEP)
        jumps = dict.fromkeys(self.chance.sample(range(24, steps - 60), JUMPS))
        now = BEGINS
        for step in range(10_000):
            if now >= ENDS:
                break
            if step in jumps:
                self.jumped.append(now)
                now += timedelta(hours=self.chance.choice(HOURS))
            bundles.digests(self.private, self.standing, now)
            self._send(now)
            if self.content and self.chance.random() < 0.15 and now < ENDS - timedelta(days=4):
                self._publish(now)
            now += STEP

    def _publish(self, now: datetime) -> None:
        who = self.chance.choice(sorted(self.who))
        item = f"story:{len(self.published)}"
        self.due[self.who[who]].append(item)
        self.published[self.who[who], item] = now
        with write(self.private):
            matches.add(self.private, [NewMatch(who, (item,), "", 1, ("s",), False)], now)

    def _send(self, now: datetime) -> None:
        for r in rows(self.private, "SELECT id, subscriber_id, kind, day FROM deliveries WHERE state = 'due'"):
            who = self.who[r["subscriber_id"]]
            (self.digests if r["kind"] == "digest" else self.notes).append((who, r["day"]))
            for match in matches.of_delivery(self.private, r["id"]):
                self.told.append((who, match.key))
                self.told_at[who, match.key] = r["day"]
            with write(self.private):
                outbox.sent(self.private, r["id"], now)
        if now.hour < 2:
            outbox.forget(self.private, now - timedelta(days=7), now - timedelta(days=30))

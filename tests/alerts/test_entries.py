"""What a message says of a story or an event, as things stand when it is sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from monitor.alerts import known
from monitor.alerts.entries import STORIES, Editor
from monitor.alerts.words import load
from monitor.model import Entry, Fact
from monitor.store import Database, write
from monitor.store.matches import MatchRow
from monitor.subscribers.readers import Subscription
from tests import press
from tests.readers import wants

HOUR = timedelta(hours=1)
SUBSCRIPTIONS = {
    "prisoners": wants("prisoners", name="releases"),
    "border": wants("border", name="the border"),
    "person": wants('person:"Ales Bialiatski"', name="Ales"),
}


class Desk:
    def __init__(self, archive: Database, now: datetime) -> None:
        self.archive, self.now = archive, now
        self.editor = Editor(archive, self.settings_of, "https://notes.test/")

    @staticmethod
    def settings_of(ident: str) -> Subscription | None:
        return SUBSCRIPTIONS.get(ident)

    def entries(self, *facts: Fact, reasons: Sequence[str] = ("prisoners",), language: str = "en") -> tuple[Entry, ...]:
        found = [MatchRow(f.id, "r", f.key, "", f.id, tuple(reasons), f.at) for f in facts]
        return self.editor.entries(found, language, self.now)[0]


@pytest.fixture
def the(archive: Database, now: datetime) -> Desk:
    return Desk(archive, now)


def give_ledger(archive: Database, slug: str, **ledger: object) -> None:
    with write(archive):
        archive.conn.execute("UPDATE events SET ledger = ? WHERE slug = ?", (json.dumps(ledger), slug))


def test_one_voice_per_owner_official_ones_first(the: Desk, now: datetime) -> None:
    uid = press.story(the.archive, now)
    first = press.covered(the.archive, now, uid, outlet="A", owner="house")
    press.article(the.archive, now, uid, outlet="A mirror", owner="house")
    press.article(the.archive, now, uid, outlet="B")
    press.article(the.archive, now, uid, outlet="President", type="official")
    (entry,) = the.entries(first)
    assert [v.outlet for v in entry.voices] == ["President", "A", "B"]


def test_the_words_that_matched_are_marked_in_their_sentence(the: Desk, now: datetime) -> None:
    (entry,) = the.entries(press.covered(the.archive, now, press.story(the.archive, now)))
    (snippet,) = entry.snippets
    assert [snippet.text[a:b] for a, b in snippet.marks] == ["prisoners"]
    assert len(snippet.text) <= 240


def test_links_are_neutral(the: Desk, now: datetime) -> None:
    uid = press.story(the.archive, now)
    (entry,) = the.entries(press.covered(the.archive, now, uid))
    assert entry.page == f"https://notes.test/n/{uid}"


def test_all_alerts_that_matched_are_named(the: Desk, now: datetime) -> None:
    fact = press.covered(the.archive, now, press.story(the.archive, now))
    (entry,) = the.entries(fact, reasons=("border", "gone", "prisoners"))
    assert entry.alerts == ("the border", "releases")


def test_followed_people_are_called_as_the_reader_wrote_them(the: Desk, now: datetime) -> None:
    press.person(the.archive, "p1", "Ales Bialiatski", "Алесь Бяляцкі")
    uid = press.story(the.archive, now)
    fact = press.covered(the.archive, now, uid, text="Ales Bialiatski was released.", people=["p1"])
    (entry,) = the.entries(fact, reasons=("person",), language="be")
    assert (entry.section, entry.names) == ("person", ("Ales Bialiatski",))


def test_facts_of_one_event_are_one_entry_with_what_is_new(the: Desk, now: datetime) -> None:
    press.person(the.archive, "p1", "Ales Bialiatski", "Алесь Бяляцкі", "Алесь Беляцкий")
    press.event(the.archive, now, "e1", "corroborated")
    figures = {"official": [{"value": 52, "origin": "official-by", "owner": "president", "at": "", "article": 0}]}
    give_ledger(the.archive, "e1", values={"official": 52}, figures=figures, unknown=["names"])
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    (entry,) = the.entries(
        press.fact(the.archive, now, "event:e1", article=ident),
        press.fact(the.archive, now, "event:e1:announced", "announced", article=ident),
        press.fact(the.archive, now, "event:e1:named:p1", "named", article=ident, person="p1"),
        press.fact(
            the.archive, now, "event:e1:count:official", "count", article=ident, data={"value": 52, "before": 40}
        ),
    )
    assert (entry.section, entry.happened, entry.state) == ("event", "Pardon: 52 people", "corroborated")
    assert entry.new == ("Ales Bialiatski is named as freed", "52 in all, by the authorities; 40 before")
    assert entry.ledger == ("52 in all, by the authorities (president)",)
    assert entry.unknown == ("who all of them are",)


def test_an_event_that_was_long_ago_says_when_it_was(the: Desk, now: datetime) -> None:
    """Fails when an anniversary reads as if so many people had been freed today."""
    press.event(the.archive, now, "e1", "confirmed")
    give_ledger(the.archive, "e1", values={"official": 52}, date="2025-09-11")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    (entry,) = the.entries(press.fact(the.archive, now, "event:e1", article=ident))
    assert entry.happened == "Pardon: 52 people (11 September 2025)"


def test_a_hint_is_no_event_yet(the: Desk, now: datetime) -> None:
    press.event(the.archive, now, "e1", "hint")
    ident = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    (entry,) = the.entries(press.fact(the.archive, now, "event:e1", article=ident))
    assert (entry.happened, entry.state) == ("", "hint")


def test_a_fact_without_an_article_leads_to_the_events_first(the: Desk, now: datetime) -> None:
    press.event(the.archive, now, "e1")
    press.article(the.archive, now, press.story(the.archive, now, event="e1"), title="The first")
    (entry,) = the.entries(press.fact(the.archive, now, "event:e1:named:p1", "named", person="p1"))
    assert entry.title == "The first"


def test_corrections_come_first_then_people_events_and_stories(the: Desk, now: datetime) -> None:
    press.event(the.archive, now, "e1")
    press.event(the.archive, now, "e2")
    one = press.article(the.archive, now, press.story(the.archive, now, event="e1"))
    two = press.article(the.archive, now, press.story(the.archive, now, event="e2"))
    found = the.entries(
        press.covered(the.archive, now, press.story(the.archive, now)),
        press.fact(the.archive, now, "event:e1", article=one),
        press.fact(the.archive, now, "event:e2:correction:event", "correction", article=two),
    )
    assert [e.section for e in found] == ["correction", "event", "story"]


def test_beyond_fifteen_other_stories_there_is_only_a_number(the: Desk, now: datetime) -> None:
    facts = [press.covered(the.archive, now - n * HOUR, press.story(the.archive, now)) for n in range(20)]
    found = [MatchRow(f.id, "r", f.key, "", f.id, ("prisoners",), f.at) for f in facts]
    entries, more = the.editor.entries(found, "en", now)
    assert (len(entries), more) == (STORIES, 5)
    assert entries[0].published == now


@pytest.mark.parametrize(("age", "late"), [(5 * HOUR, False), (7 * HOUR, True)])
def test_what_goes_out_hours_after_it_was_known_is_late(the: Desk, now: datetime, age: timedelta, late: bool) -> None:
    (entry,) = the.entries(press.covered(the.archive, now - age, press.story(the.archive, now)))
    assert entry.late is late


def test_what_ingest_called_late_is_late(the: Desk, now: datetime) -> None:
    uid = press.story(the.archive, now)
    ident = press.article(the.archive, now, uid)
    (entry,) = the.entries(press.fact(the.archive, now, f"story:{uid}", article=ident, data={"late": True}))
    assert entry.late


def test_matches_whose_facts_are_gone_say_nothing(the: Desk, now: datetime) -> None:
    assert the.editor.entries([MatchRow(1, "r", "story:s", "", 999, (), now)], "en", now) == ((), 0)


# ------------------------------------------------------------------------------------------ an event in three languages


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Exchange: 1 person"), ("be", "Абмен: 1 чалавек"), ("ru", "Обмен: 1 человек")],
)
def test_one_person_is_not_people(language: str, said: str) -> None:
    assert known.happened("exchange", "announced", {"values": {"reported": 1}}, load(language)) == said


@pytest.mark.parametrize(("n", "said"), [(2, "2 чалавекі"), (5, "5 чалавек"), (11, "11 чалавек"), (52, "52 чалавекі")])
def test_belarusian_has_three_forms(n: int, said: str) -> None:
    assert known.happened("pardon", "announced", {"values": {"official": n}}, load("be")).endswith(said)


def test_an_event_of_unknown_size_has_no_number() -> None:
    assert known.happened("pardon", "announced", {}, load("en")) == "Pardon"


def test_a_word_that_is_newer_than_this_program_stands_for_itself() -> None:
    assert known.happened("jubilee", "announced", {}, load("en")) == "jubilee"


@pytest.mark.parametrize("language", ["be", "ru", "en"])
def test_every_kind_of_news_has_words(language: str, now: datetime) -> None:
    words, names = load(language), {"p1": "A B", "p2": "C D", "p3": "A B"}
    facts = [
        Fact(1, "event:e:named:p1", "named", now, person="p1"),
        Fact(2, "event:e:correction:p2", "correction", now, person="p2"),
        Fact(3, "event:e:count:political", "count", now, data={"value": 14, "before": 4}),
        Fact(4, "event:e:destination:Lithuania", "destination", now, data={"value": "Lithuania"}),
        Fact(5, "event:e:state:corroborated", "state", now, data={"state": "corroborated", "before": "named"}),
        Fact(
            6, "event:e:state:p3:confirmed", "state", now, person="p3", data={"state": "confirmed", "before": "named"}
        ),
    ]
    said = known.news(facts, names, words)
    assert len(said) == 6
    assert sum("A B" in line for line in said) == 2
    assert not [line for line in said if "Lithuania" in line and language != "en"]
    assert "2026" in known.held(889, "Viasna", "2026-08-30", words)


@pytest.mark.parametrize(
    ("language", "one", "three", "place"),
    [
        ("en", "A is named as freed", "A, B and C are named as freed", "taken to the United States"),
        ("be", "названа імя — A", "названы імёны — A, B і C", "вывезлі ў ЗША"),
        ("ru", "названо имя — A", "названы имена — A, B и C", "вывезли в США"),
    ],
)
def test_names_and_places_are_said_as_an_editor_would(
    language: str, one: str, three: str, place: str, now: datetime
) -> None:
    names = {name: name.upper() for name in "abc"}
    facts = [Fact(n, f"event:e:named:{p}", "named", now, person=p) for n, p in enumerate(names)]
    abroad = Fact(9, "event:e:destination:USA", "destination", now, data={"value": "USA"})
    assert known.news(facts[:1], names, load(language)) == (one,)
    assert known.news([*facts, abroad], names, load(language)) == (three, place)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("A and C are named as freed", "B is named as freed, not yet corroborated")),
        ("be", ("названы імёны — A і C", "названа імя, пакуль без пацвярджэння — B")),
        ("ru", ("названы имена — A и C", "названо имя, пока без подтверждения — B")),
    ],
)
def test_a_name_that_one_voice_alone_gives_is_said_to_be_unsure(
    language: str, said: tuple[str, ...], now: datetime
) -> None:
    """Fails when a family reads a name under `corroborated` though only one outlet named it, or is told twice."""
    states = {"a": "corroborated", "b": "named", "c": "named"}
    group = [
        Fact(n, f"event:e:named:{p}", "named", now, person=p, data={"state": s})
        for n, (p, s) in enumerate(states.items())
    ]
    surer = {"state": "corroborated", "before": "named"}
    group.append(Fact(9, "event:e:state:c:corroborated", "state", now, person="c", data=surer))
    names, words = {p: p.upper() for p in states}, load(language)
    assert known.news(group, names, words) == said
    by_now = {"people": {"a": {"state": "corroborated"}, "b": {"state": "named"}, "c": {"state": "corroborated"}}}
    assert known.news(group[:3], names, words, by_now) == said  # a digest, hours later


def test_a_name_that_was_given_and_taken_back_since_the_last_message_is_only_taken_back(now: datetime) -> None:
    facts = [
        Fact(1, "event:e:named:a", "named", now, person="a"),
        Fact(2, "event:e:named:b", "named", now, person="b"),
        Fact(3, "event:e:correction:b", "correction", now, person="b"),
    ]
    said = known.news(facts, {"a": "A", "b": "B"}, load("en"))
    assert said == ("A is named as freed", "the release of B is not confirmed after all")


@pytest.mark.parametrize(
    ("language", "said", "taken_back"),
    [
        ("en", "B and C are not among the freed (Pardon: 52 people)", "A name was taken back ("),
        ("be", "B і C не сярод вызваленых (Памілаванне: 52 чалавекі)", "Адно з імёнаў знята ("),
        ("ru", "B и C не среди освобождённых (Помилование: 52 человека)", "Одно из имён снято ("),
    ],
)
def test_a_correction_is_headed_by_what_it_takes_back(language: str, said: str, taken_back: str, now: datetime) -> None:
    """Fails when a mail about a name taken back is headed like the news it corrects."""
    words = load(language)
    happened = known.happened("pardon", "named", {"values": {"official": 52}}, words)
    group = [Fact(n, f"event:e:correction:{p}", "correction", now, person=p) for n, p in enumerate("bc")]
    assert known.corrected(group, {"b": "B", "c": "C"}, words, happened) == said
    assert known.corrected(group, {}, words, happened).startswith(taken_back)


def test_who_came_back_on_the_list_is_not_said_to_be_taken_off(now: datetime) -> None:
    group = [
        Fact(1, "event:e:correction:a", "correction", now, person="a"),
        Fact(2, "event:e:named:a", "named", now, person="a"),
    ]
    assert known.corrected(group, {"a": "A"}, load("en"), "Pardon") == "Pardon"
    assert known.news(group, {"a": "A"}, load("en")) == ("A is named as freed",)


def test_somebody_arrested_again_is_not_said_never_to_have_been_freed(now: datetime) -> None:
    group = [Fact(1, "event:e:correction:a", "correction", now, person="a", data={"state": "held"})]
    assert known.corrected(group, {"a": "A"}, load("en"), "Pardon") == "A is held again (Pardon)"
    assert known.news(group, {"a": "A"}, load("en")) == ("A is held again",)


@pytest.mark.parametrize(
    ("state", "said"),
    [("retracted", "The report of a release was withdrawn"), ("corrected", "The report of a release was corrected")],
)
def test_an_event_taken_back_as_a_whole_is_said_to_be(state: str, said: str, now: datetime) -> None:
    group = [Fact(1, "event:e:correction:event", "correction", now, data={"state": state})]
    assert known.corrected(group, {}, load("en"), "Pardon: 23 people") == f"{said} (Pardon: 23 people)"


def test_a_correction_rests_on_who_corrects_and_not_on_who_announced(the: Desk, now: datetime) -> None:
    """Fails when the state agency is given as the voice that somebody is still held."""
    press.person(the.archive, "p1", "Ales Bialiatski")
    press.event(the.archive, now, "e1", "named")
    story = press.story(the.archive, now, event="e1")
    press.article(the.archive, now, story, outlet="President", type="official")
    denial = press.article(the.archive, now, story, outlet="Rights group", title="Still held")
    (entry,) = the.entries(
        press.fact(the.archive, now, "event:e1:correction:p1", "correction", article=denial, person="p1")
    )
    assert [v.outlet for v in entry.voices] == ["Rights group"]
    assert (entry.title, entry.happened) == ("Still held", "Ales Bialiatski is not among the freed (Pardon)")


def test_a_copy_is_no_voice(the: Desk, now: datetime) -> None:
    """Fails when a message counts an outlet that only repeats the agency's text among those who say so."""
    story = press.story(the.archive, now)
    first = press.covered(the.archive, now, story, outlet="Agency")
    again = press.article(the.archive, now, story, outlet="Copier")
    press.article(the.archive, now, story, outlet="Paper")
    with write(the.archive):
        the.archive.conn.execute("UPDATE articles SET duplicate_of = ? WHERE id = ?", (first.article, again))
    (entry,) = the.entries(first)
    assert [v.outlet for v in entry.voices] == ["Agency", "Paper"]


def test_every_place_of_the_pages_is_one_of_the_messages_too() -> None:
    """A place without words would stand in a Belarusian mail as the code it is stored under."""
    from monitor.web.words import words

    places = [key.removeprefix("place.") for key in words("en")._texts if key.startswith("place.")]
    assert len(places) > 10 and [p for p in places if not load("be").has(f"places.{p}")] == []


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "A refused to leave"), ("be", "A: адмова пакінуць Беларусь"), ("ru", "A: отказ покинуть Беларусь")],
)
def test_whoever_would_not_leave_is_said_to_have_refused(language: str, said: str, now: datetime) -> None:
    group = [Fact(1, "event:e:correction:a:refused", "correction", now, person="a", data={"state": "refused"})]
    assert known.corrected(group, {"a": "A"}, load(language), "X") == f"{said} (X)"
    assert known.news(group, {"a": "A"}, load(language)) == (said,)


def test_in_front_is_who_tells_what_is_new(the: Desk, now: datetime) -> None:
    """Fails when a name seems to rest on the office, which only gave a number."""
    press.event(the.archive, now, "e1", "corroborated")
    press.person(the.archive, "p1", "Ales Bialiatski")
    uid = press.story(the.archive, now, event="e1")
    press.article(the.archive, now, uid, outlet="President", type="official")
    ident = press.article(the.archive, now, uid, outlet="Paper")
    named = press.fact(the.archive, now, "event:e1:named:p1", "named", article=ident, person="p1")
    (entry,) = the.entries(named)
    assert [v.outlet for v in entry.voices] == ["Paper", "President"]
    announced = press.fact(the.archive, now, "event:e1:announced", "announced", article=ident)
    (entry,) = the.entries(named, announced)
    assert [v.outlet for v in entry.voices] == ["President", "Paper"]

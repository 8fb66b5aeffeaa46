"""What becomes newsworthy between two states of a ledger."""

from __future__ import annotations

from monitor.reading.ledger import Decision, Ledger, replay
from monitor.reading.news import held, news
from tests.reading.test_ledger import START, said


def due(before, after, told=None) -> list[tuple[str, str]]:
    return [(draft.kind, draft.subject) for draft in news(replay(before), replay([*before, *after]), told)]


def test_a_new_event_is_announced_with_its_figures():
    [draft] = news(Ledger(), replay([said("official-by", "announced", total=250, political=250)]))
    assert (draft.kind, draft.subject, draft.data["value"]) == ("announced", "", 250)
    assert draft.data["values"] == {"official": 250, "political": 250}


def test_a_hint_is_no_news():
    assert due([], [said("", "hint", total=150)]) == []


def test_each_person_named_is_news_once():
    first = [said("official-by", "announced")]
    assert due(first, [said("", freed=("losik", "dziadok"))]) == [
        ("state", "corroborated"),
        ("named", "losik"),
        ("named", "dziadok"),
    ]
    assert due([said("", freed=("losik",))], [said("", hours=1, freed=("losik",))]) == []


def test_a_change_of_certainty_is_news():
    before = [said("official-by", "announced")]
    assert due(before, [said("viasna")]) == [("state", "corroborated")]
    assert due([said("", freed=("losik",))], [said("relative", freed=("losik",))]) == [
        ("state", "corroborated"),
        ("state", "losik:corroborated"),
    ]


def test_a_count_is_news_when_it_moves_by_ten_or_a_quarter():
    before = [said("viasna", total=100)]
    assert due(before, [said("viasna", hours=1, total=109)]) == []
    assert due(before, [said("viasna", hours=1, total=110)]) == [("count", "verified")]
    assert due([said("viasna", total=4)], [said("viasna", hours=1, total=5)]) == [("count", "verified")]


def test_counts_are_compared_with_what_was_told():
    before = [said("viasna", total=17)]
    assert due(before, [said("viasna", hours=1, total=18)], {"verified": 4}) == [("count", "verified")]
    assert due(before, [said("viasna", hours=1, total=18)], {}) == []


def test_a_new_destination_is_news():
    before = [said("official-by", "announced", destination="Lithuania")]
    assert due(before, [said("official-by", per=(("to:Ukraine", 114),))]) == [("destination", "Ukraine")]


def test_a_name_withdrawn_is_a_correction_of_what_was_told():
    before = [said("viasna", freed=("stefanovic",))]
    after = [said("ngo", "denied", hours=1, held=("stefanovic",))]
    [draft] = news(replay(before), replay([*before, *after]))
    assert (draft.kind, draft.person, draft.held_for_human) == ("correction", "stefanovic", False)
    assert ("named", "stefanovic") in draft.data["corrects"]


def test_a_re_arrest_waits_for_a_human():
    before = [said("", freed=("statkevich",))]
    again = said("", hours=96, kind="re-arrest", held=("statkevich",))
    [draft] = news(replay(before), replay([*before, again]))
    assert draft.held_for_human
    assert [d.held_for_human for d in held([again])] == [True]


def test_a_death_without_a_known_person_waits_too():
    [draft] = held([said("viasna", kind="death")])
    assert (draft.subject, draft.held_for_human) == ("death:", True)
    assert held([said("viasna", freed=("losik",))]) == []


def test_a_retracted_event_corrects_its_announcement():
    claims = [said("official-by", "announced")]
    after = replay(claims, [Decision("event-retract", START.replace(hour=20))])
    [draft] = news(replay(claims), after)
    assert (draft.kind, draft.data["corrects"]) == ("correction", [("announced", "")])


def test_a_name_that_comes_back_is_named_again():
    before = [said("viasna", freed=("x",)), said("ngo", "denied", hours=1, held=("x",))]
    assert ("named", "x") in due(before, [said("viasna", hours=2, freed=("x",))])


def test_a_refusal_corrects_what_was_told_and_a_later_arrest_is_news_of_its_own():
    freed = [said("", kind="deportation", freed=("losik",))]
    refused = said("", kind="refused-exile", held=("losik",), hours=1)
    [draft] = news(replay(freed), replay([*freed, refused]))
    assert (draft.kind, draft.subject, draft.held_for_human) == ("correction", "losik:refused", False)
    assert ("named", "losik") in draft.data["corrects"]
    again = said("", kind="re-arrest", held=("losik",), hours=2)
    [draft] = news(replay([*freed, refused]), replay([*freed, refused, again]))
    assert (draft.kind, draft.subject, draft.held_for_human) == ("correction", "losik", True)

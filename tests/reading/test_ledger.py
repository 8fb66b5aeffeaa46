"""The ledger of an event: who said what, how sure it is, and that all of it can be replayed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.model import Claim
from monitor.reading.ledger import Decision, Figure, Ledger, Line, Said, add, from_json, replay, shipped_part

START = datetime(2026, 3, 19, 9, tzinfo=UTC)


def said(
    origin: str, modality: str = "reported", *, hours: int = 0, owner: str = "", copy: bool = False, **claim
) -> Said:
    told = Claim(claim.pop("kind", "release"), modality, "They were freed.", origin=origin, **claim)
    return Said(told, owner or origin or "outlet", START + timedelta(hours=hours), 1, copy)


def test_nothing_said_is_nothing_known():
    ledger = replay([])
    assert (ledger.state, ledger.total, ledger.value("official")) == ("", None, None)
    assert set(ledger.unknown) == {"total", "political", "names", "destination"}


@pytest.mark.parametrize(
    ("claims", "state"),
    [
        ([said("", "hint")], "hint"),
        ([said("", "forecast", total=150)], "hint"),
        ([said("official-by", "announced", total=250)], "announced"),
        ([said("", total=3, freed=("losik",))], "named"),
        ([said("official-by", "announced"), said("us")], "corroborated"),
        ([said("viasna")], "corroborated"),
        ([said("viasna"), said("relative")], "confirmed"),
        ([said("viasna"), said("destination-state")], "confirmed"),
        ([said("official-by", "announced"), said("", "retracted", hours=1)], "corrected"),
    ],
)
def test_certainty_follows_from_origins(claims, state):
    assert replay(claims).state == state


LONG_AGO = "2026-03-19T12:00:00Z"
HISTORY = Ledger(
    state="confirmed",
    date="2026-03-19",
    origins={"history": LONG_AGO},
    figures={"verified": (Figure(18, "history", "Viasna", LONG_AGO),)},
    people={"losik": Line("confirmed", LONG_AGO, ("history",), ((LONG_AGO, "confirmed", "history"),))},
    destinations={"home": LONG_AGO},
)


def test_one_more_voice_makes_nothing_less_sure():
    """Fails when an outlet that repeats what is confirmed takes event and person back to `corroborated`."""
    ledger = add(HISTORY, said("", freed=("losik",), owner="paper"))
    assert (ledger.state, ledger.people["losik"].state) == ("confirmed", "confirmed")
    confirmed = replay([said("", freed=("losik",))], [Decision("person-confirm", START, "losik")])
    assert add(confirmed, said("us", freed=("losik",), hours=1)).people["losik"].state == "confirmed"


def test_a_first_count_that_turns_up_again_does_not_overturn_the_shipped_history():
    ledger = add(HISTORY, said("viasna", total=8, owner="paper"))
    assert ledger.value("verified") == 18
    assert add(add(ledger, said("us", total=9)), said("", total=9)).value("reported") == 9


def test_a_replay_begins_with_what_was_shipped():
    told = [said("", total=18, freed=("rabkova",), destination="Lithuania"), said("viasna", held=("losik",), hours=1)]
    ledger = HISTORY
    for one in told:
        ledger = add(ledger, one)
    assert ledger.people["losik"].state == "retracted"
    assert shipped_part(ledger) == HISTORY
    assert replay(told, start=shipped_part(ledger)) == ledger


def test_copies_and_mere_reports_confirm_nothing():
    claims = [said("official-by", "announced"), said("us", copy=True), said("official-by"), said("state-aligned")]
    assert replay(claims).state == "announced"
    assert list(replay(claims).origins) == ["official-by"]


def test_unattributed_reports_are_one_origin_whoever_prints_them():
    assert replay([said("", owner="a"), said("", owner="b"), said("", owner="c")]).state == "announced"


def test_own_reporting_of_two_owners_is_two_origins():
    claims = [said("own-reporting", owner="a"), said("own-reporting", owner="b")]
    assert replay(claims).state == "corroborated"


def test_figures_are_kept_apart_with_who_said_them():
    ledger = replay(
        [
            said("official-by", "announced", total=18, political=15),
            said("viasna", total=17, cumulative=584),
            said("", total=20, owner="paper", per=(("to:Lithuania", 3),)),
        ]
    )
    assert (ledger.value("official"), ledger.value("verified"), ledger.value("reported")) == (18, 17, 20)
    assert (ledger.value("political"), ledger.value("cumulative"), ledger.value("to:Lithuania")) == (15, 584, 3)
    assert ledger.total == 18
    assert [(f.owner, f.article) for f in ledger.figures["reported"]] == [("paper", 1)]
    assert ledger.destinations.keys() == {"Lithuania"}


def test_a_voice_that_counts_anew_replaces_its_own_figure():
    ledger = replay([said("viasna", total=n, hours=n) for n in (4, 5, 8, 10, 17, 18)])
    assert [f.value for f in ledger.figures["verified"]] == [18]


def test_the_figure_of_most_origins_stands():
    claims = [said("us", political=15), said("destination-state", political=15), said("agency", political=18, hours=1)]
    assert replay(claims).value("political") == 15


def test_of_equals_the_latest_figure_stands():
    assert replay([said("us", political=15), said("agency", political=18, hours=1)]).value("political") == 18


def test_a_rumour_never_carries_a_number():
    assert replay([said("", "hint", total=150)]).figures == {}


def test_what_viasna_has_verified_so_far_is_no_political_subset():
    claims = [said("official-by", "announced", total=40, political=40), said("viasna", hours=1, total=27, political=27)]
    ledger = replay(claims)
    assert (ledger.total, ledger.value("political"), ledger.value("verified")) == (40, 40, 27)
    assert replay([said("viasna", total=22, political=20)]).value("political") == 20
    assert "political" not in replay(claims[1:]).unknown


def test_sums_that_do_not_add_up_are_shown():
    ledger = replay([said("", total=114, political=200, per=(("of:Belarus", 104), ("of:Ukraine", 5)))])
    assert {"of": "of", "sum": 109, "total": 114} in ledger.mismatches
    assert {"of": "political", "sum": 200, "total": 114} in ledger.mismatches
    assert replay([said("", total=1, freed=("a", "b"))]).mismatches == ({"of": "named", "sum": 2, "total": 1},)
    assert replay([said("", total=114, per=(("of:Belarus", 109), ("of:Ukraine", 5)))]).mismatches == ()


def test_a_person_grows_more_certain_with_each_origin():
    claims = [said(o, hours=n, freed=("losik",)) for n, o in enumerate(("", "destination-state", "viasna"))]
    line = replay(claims).people["losik"]
    assert line.state == "confirmed"
    assert [word for _, word, _ in line.chain] == ["named", "corroborated", "confirmed"]


def test_the_same_voice_again_changes_nothing_of_a_person():
    line = replay([said("", freed=("losik",)), said("", hours=1, freed=("losik",), copy=True)]).people["losik"]
    assert (line.state, line.origins) == ("named", ("report",))


def test_a_reference_takes_a_name_off_and_only_a_reference_puts_it_back():
    claims = [
        said("viasna", freed=("stefanovic",)),
        said("ngo", "denied", hours=1, held=("stefanovic",)),
        said("", hours=2, freed=("stefanovic",)),
    ]
    ledger = replay(claims)
    assert ledger.people["stefanovic"].state == "retracted"
    assert ledger.named == ()
    assert replay([*claims, said("viasna", hours=3, freed=("stefanovic",))]).named == ("stefanovic",)


def test_somebody_elses_silence_takes_nobody_off():
    claims = [said("viasna", freed=("losik",)), said("", hours=1, held=("losik",))]
    assert replay(claims).named == ("losik",)
    assert replay([said("ngo", held=("nobody",))]).people == {}


def test_freed_refused_and_back_in_prison():
    claims = [said("", freed=("statkevich",)), said("", hours=96, kind="re-arrest", held=("statkevich",))]
    line = replay(claims).people["statkevich"]
    assert line.state == "held"
    assert [word for _, word, _ in line.chain] == ["named", "held"]


def test_the_operator_outweighs_every_claim():
    claims = [said("official-by", "announced", total=3, freed=("losik",)), said("us", hours=2)]
    later = START + timedelta(hours=1)
    assert replay(claims, [Decision("event-retract", later)]).state == "retracted"
    assert replay(claims, [Decision("event-confirm", later)]).state == "confirmed"
    assert replay(claims, [Decision("person-retract", later, "losik")]).named == ()
    assert replay([], [Decision("person-confirm", later, "dziadok")]).people["dziadok"].state == "confirmed"


def test_the_order_of_arrival_does_not_matter_but_the_moments_do():
    claims = [said("viasna", freed=("x",)), said("ngo", "denied", hours=1, held=("x",)), said("us", hours=2, total=9)]
    assert replay(reversed(claims)) == replay(claims)


def test_kind_date_and_withheld_names_come_from_the_claims():
    ledger = replay([said(""), said("", kind="pardon", date=date(2026, 3, 19), withheld=True)])
    assert (ledger.kind, ledger.date, ledger.withheld) == ("pardon", "2026-03-19", True)
    assert add(ledger, said("", kind="exchange")).kind == "pardon"


def test_a_ledger_survives_its_storage():
    ledger = replay([said("viasna", total=3, freed=("losik",), destination="Lithuania", per=(("of:Poland", 1),))])
    assert from_json(ledger.to_json()) == ledger
    assert from_json({}) == Ledger()
    assert ledger.to_json()["values"] == {"verified": 3, "of:Poland": 1, "named": 1}


def refuses(modality: str = "reported", hours: int = 1) -> Said:
    return said("", modality, kind="refused-exile", held=("losik",), hours=hours)


def test_whoever_refuses_to_leave_is_not_free_until_a_reference_says_so():
    """Fails when the chain freed, refused, home again has no step for the refusal."""
    freed, late = said("", freed=("losik",)), said("", freed=("losik",), owner="late", hours=2)
    ledger = replay([freed, refuses(), late])
    assert (ledger.people["losik"].state, ledger.named) == ("refused", ())
    home = add(ledger, said("viasna", freed=("losik",), hours=3))
    assert [word for _, word, _ in home.people["losik"].chain] == ["named", "refused", "corroborated"]


def test_a_refusal_that_was_a_misunderstanding_is_taken_back():
    ledger = replay([said("us", freed=("losik",)), refuses(), refuses("retracted", hours=2)])
    assert ledger.people["losik"].state == "named"
    assert replay([said("", total=3), refuses()]).people == {}
    never = replay([said("us", freed=("losik",)), refuses("denied")])
    assert never.people["losik"].state == "named"


def test_who_was_taken_off_the_list_is_not_arrested_again_by_the_next_report():
    gone = [said("", freed=("losik",)), said("viasna", held=("losik",), hours=1)]
    again = said("", kind="re-arrest", held=("losik",), hours=2)
    assert replay([*gone, again]).people["losik"].state == "retracted"
    assert replay([gone[0], again]).people["losik"].state == "held"


def test_an_older_article_that_comes_in_late_overturns_no_newer_figure():
    """Fails when the ledger hangs on the order in which sources are asked, and a later replay tells other figures."""
    told = [said("viasna", total=n, hours=h) for h, n in ((6, 18), (2, 5), (4, 10))]
    late = Ledger()
    for one in told:
        late = add(late, one)
    assert late.value("verified") == 18 == replay(told).value("verified")
    assert late.origins == replay(told).origins


def test_figures_stand_in_the_order_in_which_they_were_said():
    told = [said("agency", total=46, hours=6), said("us", total=41, hours=3)]
    late = add(add(Ledger(), told[0]), told[1])
    assert [f.value for f in late.figures["reported"]] == [41, 46] and late.value("reported") == 46

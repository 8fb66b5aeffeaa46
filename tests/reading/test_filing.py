"""Which event a claim belongs to: one known, a new one, or none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from monitor.model import Claim
from monitor.reading.filing import file, opens
from monitor.reading.filing_evidence import Candidate
from monitor.reading.ledger import Ledger, replay
from tests.reading.test_ledger import said

AT = datetime(2026, 3, 19, 12, tzinfo=UTC)
DAY = date(2026, 3, 19)
KNOWN = Candidate(
    7, replay([said("official-by", "announced", total=250, date=DAY, freed=("rabkova",), destination="Lithuania")]), AT
)


def claim(**given) -> Claim:
    return Claim(**{"kind": "release", "modality": "reported", "sentence": "", "date": DAY, **given})


def filed(told: Claim, *known: Candidate, at: datetime = AT, relevant: bool = True) -> tuple[int | None, bool]:
    found = file([told], relevant, at, known)
    return found.event, found.opens


@pytest.mark.parametrize(
    "told",
    [
        claim(total=250),
        claim(total=15, destination="Lithuania"),
        claim(freed=("rabkova",), date=None),
        claim(modality="denied", held=("rabkova",), date=None),
        claim(date=date(2026, 3, 20), total=250),
        claim(date=date(2026, 3, 21), total=250, destination="Lithuania"),
        claim(),
    ],
)
def test_day_count_people_and_place_find_the_event(told):
    assert filed(told, KNOWN) == (7, False)


@pytest.mark.parametrize(
    "told",
    [
        claim(date=date(2026, 3, 10), total=250),
        claim(total=900),
        claim(kind="end-of-term", freed=("chapiuk",)),
        claim(date=date(2026, 3, 21), total=12),
    ],
)
def test_what_does_not_fit_is_a_new_event(told):
    assert filed(told, KNOWN) == (None, True)


PARDON = Candidate(8, replay([said("official-by", "announced", kind="pardon", total=23, date=DAY)]), AT)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (claim(kind="deportation", total=7, destination="Lithuania"), (None, True)),
        (claim(kind="deportation", total=23, destination="Lithuania"), (8, False)),
        (claim(kind="deportation", destination="Lithuania"), (8, False)),
        (claim(kind="pardon", total=21), (8, False)),
    ],
)
def test_another_number_let_out_in_another_way_on_the_same_day_is_another_release(told, found):
    """Fails when seven people taken abroad go unnoticed because 23 were pardoned that morning."""
    assert filed(told, PARDON) == found


@pytest.mark.parametrize("modality", ["hint", "forecast", "demand"])
def test_what_has_not_happened_is_filed_nowhere(modality):
    assert filed(claim(modality=modality, total=249), KNOWN) == (None, False)
    assert filed(claim(modality=modality, freed=("rabkova",)), KNOWN) == (None, False)


@pytest.mark.parametrize("modality", ["hint", "forecast", "demand"])
def test_a_wish_with_the_number_of_a_known_release_speaks_of_it(modality):
    """`We will take in twelve of the 250`, `free the others, as these 250`."""
    assert filed(claim(modality=modality, total=250, date=None), KNOWN) == (7, False)


@pytest.mark.parametrize(
    "told",
    [
        claim(modality="past"),
        claim(modality="denied"),
        claim(modality="retracted"),
        claim(kind="re-arrest"),
        claim(kind="death"),
        claim(date=date(2025, 12, 13)),
    ],
)
def test_only_what_is_said_to_have_happened_now_opens_an_event(told):
    assert not opens(told, AT)


def test_an_article_that_is_not_relevant_opens_nothing():
    assert filed(claim(), relevant=False) == (None, False)


def test_no_claim_goes_nowhere():
    assert file([], True, AT, [KNOWN]).event is None


def test_an_old_event_is_found_by_its_day_only():
    later = AT + timedelta(days=60)
    assert filed(claim(modality="past", total=250), KNOWN, at=later) == (7, False)
    assert filed(claim(modality="past", total=250, date=None), KNOWN, at=later) == (None, False)


def test_the_same_story_stays_in_its_event():
    bare = Candidate(9, Ledger(date="2026-03-19"), AT, own=True)
    assert filed(claim(date=None), bare) == (9, False)


def test_the_aftermath_needs_somebody_of_the_event():
    assert filed(claim(kind="re-arrest", held=("other",)), KNOWN) == (None, False)
    assert filed(claim(kind="re-arrest", held=("rabkova",)), KNOWN) == (7, False)


def test_history_of_the_future_is_not_known_yet():
    future = replace(KNOWN, ledger=replace(KNOWN.ledger, date="2026-03-20"), history=True)
    assert filed(claim(total=250), future) == (None, True)


def test_numbers_may_grow_where_nobody_has_the_official_one():
    counted = Candidate(3, replay([said("viasna", total=10, date=DAY)]), AT)
    assert filed(claim(total=17), counted) == (3, False)


def test_the_best_of_several_events_is_taken():
    other = replace(KNOWN, event=8, ledger=replay([said("official-by", "announced", total=18, date=DAY)]))
    assert filed(claim(total=18), KNOWN, other) == (8, False)


def test_a_running_total_is_filed_nowhere():
    assert filed(claim(cumulative=700), KNOWN) == (None, False)


def test_somebody_of_the_event_may_be_written_of_some_days_later():
    assert filed(claim(freed=("rabkova",), date=date(2026, 3, 25)), KNOWN, at=AT + timedelta(days=6)) == (7, False)


def drift(*totals: int, **more) -> Candidate:
    claims = [said("viasna", total=n, kind="amnesty", date=DAY, hours=h, **more) for h, n in enumerate(totals)]
    return Candidate(3, replay(claims), AT)


@pytest.mark.parametrize(("days", "total"), [(0, 5), (1, 8), (3, 10)])
def test_a_count_that_grows_without_an_official_number_is_of_one_event(days: int, total: int):
    """Fails when 4, 5, 8, 10, 17 and 18 within five days become six releases."""
    told = claim(kind="amnesty", total=total, date=DAY + timedelta(days=days))
    assert filed(told, drift(4, 6), at=AT + timedelta(days=days)) == (3, False)


@pytest.mark.parametrize(
    "more",
    [
        {"total": 30},
        {"total": 8, "kind": "deportation"},
        {"total": 8, "destination": "Poland"},
        {"total": 8, "modality": "announced"},
    ],
)
def test_what_is_no_count_of_the_same_people_opens_its_own(more):
    told = claim(**{"kind": "amnesty", "date": DAY + timedelta(days=2), **more})
    assert filed(told, drift(4, 6, destination="Lithuania"), at=AT + timedelta(days=2)) == (None, True)


def earlier(number: int, total: int, days: int, **more) -> Candidate:
    day = DAY - timedelta(days=days)
    return Candidate(number, replay([said("official-by", "announced", total=total, date=day, **more)]), AT)


ROUNDS = (earlier(1, 123, 0), earlier(2, 31, 21), earlier(3, 2, 23))


@pytest.mark.parametrize("total", [154, 156])
def test_what_several_releases_make_together_is_no_release(total: int):
    """Fails when `156 pardoned` (123, and the 31 and 2 of November) is told as one more event."""
    assert filed(claim(total=total), *ROUNDS) == (None, False)


def test_a_running_total_that_is_known_is_no_release():
    assert filed(claim(total=78), earlier(1, 30, 7, cumulative=78)) == (None, False)


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (claim(total=155), ROUNDS),
        (claim(total=156, freed=("rabkova",)), ROUNDS),
        (claim(total=33), (earlier(1, 31, 3), earlier(2, 2, 9))),
        (claim(total=33), (earlier(1, 2, 0), earlier(2, 31, 9))),
    ],
)
def test_a_number_that_adds_up_by_chance_is_still_a_release(told: Claim, known: tuple[Candidate, ...]):
    assert filed(told, *known) == (None, True)


NEXT_DAY = DAY + timedelta(days=1)


@pytest.mark.parametrize("told", [{"total": 16}, {"freed": ("kulsha",)}])
def test_another_number_or_person_of_the_next_day_is_another_release(told):
    """Fails when the sixteen deported on Thursday are filed under the thirty-one pardoned on Wednesday."""
    pardon = Candidate(7, replay([said("official-by", "announced", total=31, freed=("rabkova",), date=DAY)]), AT)
    assert filed(claim(**told, date=NEXT_DAY), pardon, at=AT + timedelta(days=1)) == (None, True)


@pytest.mark.parametrize("told", [{"total": 31}, {"total": 16, "freed": ("rabkova",)}, {}])
def test_the_same_number_or_people_or_nothing_told_of_the_next_day_is_the_same_release(told):
    pardon = Candidate(7, replay([said("official-by", "announced", total=31, freed=("rabkova",), date=DAY)]), AT)
    assert filed(claim(**told, date=NEXT_DAY), pardon, at=AT + timedelta(days=1)) == (7, False)


def test_on_one_day_papers_count_differently():
    counted = Candidate(7, replay([said("us", total=31, date=DAY)]), AT)
    assert filed(claim(total=29), counted) == (7, False)


def test_a_newspaper_does_not_count_on():
    """Only rights groups, and whoever reports an amnesty, have more of the same tomorrow."""
    counted = Candidate(3, replay([said("viasna", total=10, date=DAY)]), AT)
    told = {"total": 14, "date": NEXT_DAY}
    assert filed(claim(**told, origin="viasna"), counted, at=AT + timedelta(days=1)) == (3, False)
    assert filed(claim(**told, origin="agency"), counted, at=AT + timedelta(days=1)) == (None, True)


def pardon(total: int = 31, *, number: int = 7, **more) -> Candidate:
    given = {"total": total, "date": DAY, "kind": "pardon", **more}
    return Candidate(number, replay([said("official-by", "announced", **given)]), AT)


def days_later(days: int, **given) -> tuple[Claim, datetime]:
    at = AT + timedelta(days=days)
    return claim(**{"date": at.date(), **given}), at


@pytest.mark.parametrize("days", [2, 5, 9])
def test_a_release_is_known_by_its_number_for_days(days: int):
    """Fails when `three of the 31 are home` of next week is one more release of 31."""
    told, at = days_later(days, total=31)
    assert filed(told, pardon(), at=at) == (7, False)


@pytest.mark.parametrize(("days", "total", "known"), [(5, 30, 31), (5, 4, 4), (12, 31, 31)])
def test_another_number_a_small_one_or_the_same_weeks_later_is_another_release(days: int, total: int, known: int):
    told, at = days_later(days, total=total)
    assert filed(told, pardon(known), at=at) == (None, True)


@pytest.mark.parametrize("days", [1, 4, 9])
def test_a_pardon_names_nobody_and_names_follow(days: int):
    """Fails when a woman found at home five days after the decree is a pardon of her own."""
    told, at = days_later(days, kind="pardon", freed=("dzerbysh",))
    assert filed(told, pardon(), at=at) == (7, False)


@pytest.mark.parametrize("more", [{"kind": "release"}, {"kind": "end-of-term"}, {"total": 1}])
def test_who_is_not_said_to_be_pardoned_is_no_name_of_the_pardon(more):
    told, at = days_later(4, **{"kind": "pardon", "freed": ("dzerbysh",), **more})
    assert filed(told, pardon(), at=at) == (None, True)


def test_a_pardon_whose_names_are_all_known_waits_for_no_more():
    told, at = days_later(4, kind="pardon", freed=("dzerbysh",))
    assert filed(told, pardon(2, freed=("a", "b")), at=at) == (None, True)


def test_two_people_weigh_more_than_the_story_and_a_number():
    """Fails when an article that also gives yesterday's number is filed by it, and not by the people it names."""
    yesterday = replace(pardon(31, date=DAY - timedelta(days=1)), own=True)
    today = pardon(7, number=8, freed=("zywalewski", "beroza"), kind="deportation", destination="Poland")
    told = claim(total=31, freed=("zywalewski", "beroza"), destination="Poland")
    assert filed(told, yesterday, today) == (8, False)


def test_a_running_total_that_gives_the_day_of_a_release_belongs_to_it():
    told, at = days_later(2, cumulative=854, date=DAY)
    assert filed(told, pardon(), at=at) == (7, False)


def test_a_part_greater_than_the_whole_is_of_another_release():
    """`16 were taken out today; on Tuesday 24 were pardoned`."""
    told = claim(total=16, per=(("to:home", 24),), date=NEXT_DAY)
    assert filed(told, pardon(24), at=AT + timedelta(days=1)) == (None, True)


def test_a_pardon_is_not_yesterdays_deportation():
    deported = Candidate(7, replay([said("destination-state", kind="deportation", date=DAY)]), AT)
    told = claim(kind="pardon", total=11, date=NEXT_DAY)
    assert filed(told, deported, at=AT + timedelta(days=1)) == (None, True)


def test_whatever_it_is_called_a_pardon_that_took_them_abroad_is_the_deportation_of_the_next_day():
    told = claim(kind="deportation", date=NEXT_DAY)
    assert filed(told, pardon(destination="Lithuania"), at=AT + timedelta(days=1)) == (7, False)


@pytest.mark.parametrize("day", [None, DAY + timedelta(days=5)])
def test_who_was_taken_abroad_travels_on(day: date | None):
    taken = pardon(123, kind="deportation", destination="Ukraine")
    told = claim(kind="deportation", modality="past", total=20, destination="Lithuania", date=day)
    assert filed(told, taken, at=AT + timedelta(days=5)) == (7, False)
    at_home = pardon(123, destination="home")
    assert filed(told, at_home, at=AT + timedelta(days=5)) == (None, False)


YEARS_LATER = AT.replace(year=AT.year + 2)


@pytest.mark.parametrize("given", [{"total": 31}, {"freed": ("a", "b")}])
@pytest.mark.parametrize("modality", ["past", "reported"])
def test_an_anniversary_recalls_its_release(modality: str, given: dict):
    told = claim(modality=modality, date=None if modality == "past" else YEARS_LATER.date(), **given)
    assert filed(told, pardon(freed=("a", "b")), at=YEARS_LATER) == (7, False)


def test_a_weekday_in_an_anniversary_is_that_of_the_year_it_recalls():
    """`That Thursday` is read as last Thursday, on which nobody was freed, or others."""
    told = claim(date=YEARS_LATER.date() - timedelta(days=1), freed=("a", "b"))
    now = Candidate(
        9, replay([said("official-by", total=33, date=YEARS_LATER.date() - timedelta(days=1))]), YEARS_LATER
    )
    assert filed(told, now, pardon(freed=("a", "b")), at=YEARS_LATER) == (7, False)


def test_a_term_served_at_home_is_a_term_too():
    home = Candidate(7, replay([said("viasna", kind="home-arrest-ended", date=DAY)]), AT)
    assert filed(claim(kind="end-of-term", date=NEXT_DAY), home, at=AT + timedelta(days=1)) == (7, False)


@pytest.mark.parametrize("given", [{"total": 30}, {"freed": ("a",)}, {}])
def test_the_day_of_the_year_alone_recalls_nothing(given: dict):
    assert filed(claim(date=YEARS_LATER.date(), **given), pardon(freed=("a", "b")), at=YEARS_LATER) == (None, True)


def test_what_is_taken_back_soon_after_was_said_of_the_release_of_these_days():
    told = claim(modality="retracted", held=("ivashyn",), date=None)
    assert filed(told, pardon(61), at=AT + timedelta(days=2)) == (7, False)
    assert filed(told, pardon(61), at=AT + timedelta(days=6)) == (None, False)


def test_a_denial_does_not_belong_to_the_release_of_one_other_person():
    told = claim(modality="denied", held=("latypau",), date=None)
    assert filed(told, pardon(1, freed=("danilevich",)), at=AT + timedelta(days=1)) == (None, False)

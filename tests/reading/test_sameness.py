"""The same text, the same story, and what only looks like it."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from itertools import combinations
from pathlib import Path

from monitor.reading.fingerprint import Fingerprint, features, fingerprint, worth_comparing
from monitor.reading.sameness import EACH, MOST, SAME_STORY, WINDOW, compare, resemblance
from tests.reading.claim_cases import PUBLISHED, reading_of

STORIES = Path(__file__).parents[1] / "eval" / "articles" / "stories_ru.jsonl"
LONG = (
    "Belarus on Saturday released 123 prisoners, among them Ales Bialiatski and Maria Kalesnikava, after two days of "
    "talks with an American envoy. Officials in Vilnius said that nine people had crossed the border. The others were "
    "taken to Ukraine, where doctors and relatives waited for them. Rights groups count more than a thousand people "
    "who are still in prison. Analysts spoke of a trade for sanctions relief. Potash exports may resume next year. "
)


def print_of(title: str, text: str = "", language: str = "en", at: datetime = PUBLISHED) -> Fingerprint:
    return fingerprint(title, text, reading_of(title, text, language, at), at)


def test_a_fingerprint_survives_its_packing():
    found = print_of("Belarus frees 123 prisoners including Ales Bialiatski", LONG)
    assert Fingerprint.unpack(found.pack()) == found
    assert len(found.pack()) < 1200


def test_an_empty_fingerprint_survives_too():
    assert Fingerprint.unpack(Fingerprint("", None).pack()) == Fingerprint("", None)


def test_a_handful_of_features_finds_an_article_again():
    found = features(print_of("Belarus frees 123 prisoners including Ales Bialiatski", LONG))
    assert len(found) <= 30
    assert {"p:bialiatski-ales", "n:123", "d:2025-12-13"} <= set(found)


def test_an_article_that_is_not_about_a_release_has_no_event_features():
    assert not any(f[0] in "pnd" for f in features(print_of("Potash prices fall", LONG[-60:])))


def test_candidates_are_bounded_in_time_and_number():
    assert WINDOW.days <= 7
    assert EACH <= MOST <= 500


def test_a_copy_with_another_headline_is_the_same_text():
    copy = LONG.replace("Analysts spoke of a trade for sanctions relief. ", "") + "Read more on our site."
    found = compare(print_of("Nobel laureate freed", LONG), print_of("Minsk opens prison gates", copy))
    assert found.layer == "text"
    assert "%" in found.why


def test_a_shortened_copy_is_contained():
    whole, part = print_of("Long", LONG * 1 + "More words follow here. " * 3), print_of("Short", LONG[:330])
    assert resemblance(whole, part) > 0.8
    assert compare(whole, part).layer == "text"


def test_texts_too_short_to_sample_are_equal_or_not():
    a, b = print_of("x", "one two three four"), print_of("y", "one two three four")
    assert resemblance(a, b) == 1.0
    assert resemblance(a, print_of("z", "five six seven eight")) == 0.0
    assert resemblance(Fingerprint("en", None), Fingerprint("en", None)) == 0.0


def test_a_story_is_one_across_languages_by_day_count_and_people():
    english = print_of("Belarus frees 123 prisoners, Ales Bialiatski among them", "They were freed on Saturday.")
    russian = print_of("Освобождены 123 политзаключенных", "На свободу вышел Алесь Беляцкий. Это Беларусь.", "ru")
    found = compare(english, russian)
    assert (found.layer, compare(russian, english)) == ("story", found)
    assert "123 freed" in found.why


def test_other_days_are_other_events():
    a = print_of("Belarus frees 52 political prisoners", "They were freed on 4 December.")
    b = print_of("У Беларусі вызвалілі 52 палітвязняў", "Гэта адбылося 13 снежня.", "be")
    assert compare(a, b).layer == ""


def test_another_language_without_a_release_is_another_story():
    assert compare(print_of("Potash prices fall"), print_of("Цены на калий падают", "", "ru")).layer == ""


def test_what_lies_weeks_apart_is_not_one_story():
    later = PUBLISHED + WINDOW + timedelta(hours=1)
    a, b = print_of("Potash prices fall in Minsk"), print_of("Potash prices fall in Minsk", at=later)
    assert compare(a, b).layer == ""


def test_two_pardons_with_different_counts_are_kept_apart():
    a = print_of("Лукашенко помиловал 16 осужденных", "Президент подписал указ о помиловании.", "ru")
    b = print_of("Лукашенко помиловал 25 осужденных", "Президент подписал указ о помиловании.", "ru")
    assert compare(a, b).layer != "story"


def test_an_article_without_words_is_like_nothing():
    assert compare(print_of(""), print_of("")).layer == ""


def test_russian_pairs_are_told_apart():
    items = [json.loads(line) for line in STORIES.read_text(encoding="utf-8").splitlines()]
    prints = [print_of(i["title"], i["text"], "ru", datetime.fromisoformat(i["published"])) for i in items]
    right = wrong = missed = 0
    for (a, x), (b, y) in combinations(zip(items, prints, strict=True), 2):
        same = a["event"] == b["event"]
        said = bool(compare(x, y).layer) and bool(set(features(x)) & set(features(y)))
        right, wrong, missed = right + (same and said), wrong + (said and not same), missed + (same and not said)
    assert 2 * right / (2 * right + wrong + missed) >= 0.93
    assert wrong == 0


def test_what_is_passed_over_unseen_would_not_have_been_joined():
    items = [json.loads(line) for line in STORIES.read_text(encoding="utf-8").splitlines()]
    prints = [print_of(i["title"], i["text"], "ru", datetime.fromisoformat(i["published"])) for i in items]
    prints += [print_of(f"Thing {n}", LONG[n : n + 200]) for n in range(0, 200, 20)]
    prints += [print_of(""), print_of("x", "one two three"), print_of("y", "one two three")]
    passed_over = 0
    for new in prints:
        worth = worth_comparing(new, [stored.pack() for stored in prints], SAME_STORY)
        for stored, yes in zip(prints, worth, strict=True):
            assert yes or not compare(new, stored).layer
            passed_over += not yes
    assert passed_over > len(prints) ** 2 / 4  # it is for something


def test_nothing_is_worth_comparing_with_nothing():
    assert worth_comparing(print_of("Potash prices fall"), [], SAME_STORY) == []

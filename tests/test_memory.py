"""What was seen before: titles that betray a copy, intervals that follow the yield."""

from datetime import UTC, datetime, timedelta

import pytest
from library import make_source

from models.pages import PageRef
from pipeline.memory import SeenTitle, remember, title_key
from pipeline.polling import Poll, is_due, next_poll

NOW = datetime(2026, 4, 2, 12, tzinfo=UTC)
TITLE = "Ministry widens licensing of magnet exports"


def ref(name, title=TITLE, days_ago=0.0):
    published = NOW - timedelta(days=days_ago)
    return PageRef(
        source="s", url=f"https://s.example/{name}", title=title, published=published, found_in="f"
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (TITLE, "ministry widens  licensing of magnet exports"),
        (TITLE, "Ministry widens licensing of magnet exports."),
        (
            "‘Ministry’ widens licensing of “magnet” exports",
            '"Ministry" widens licensing of magnet exports!',
        ),
        ("Ｍinistry widens licensing of magnet exports", TITLE),
        ("商务部公布对部分物项实施管制", "商务部 公布对部分物项，实施管制"),
    ],
)
def test_the_same_title_in_another_dress_has_the_same_key(one, other):
    assert title_key(one) == title_key(other)
    assert title_key(one) is not None


@pytest.mark.parametrize(
    "title", [None, "", "Press release", "Market report 12", "公告", "???? !!!! ---- ...."]
)
def test_titles_of_series_have_no_key(title):
    assert title_key(title) is None


def test_other_words_have_another_key():
    assert title_key(TITLE) != title_key(TITLE.replace("widens", "narrows"))
    assert title_key("Quota of 12,000 tonnes for this year") != title_key(
        "Quota of 13,000 tonnes for this year"
    )


def copies(pages):
    return [page.ref.url.rpartition("/")[2] for page in pages if page.copy_of is not None]


@pytest.mark.parametrize(
    ("refs", "days", "expected"),
    [
        ([ref("a"), ref("b")], 3, ["b"]),
        ([ref("a", days_ago=2), ref("b")], 3, ["b"]),
        ([ref("a", days_ago=4), ref("b")], 3, []),
        ([ref("a"), ref("b")], 0, []),
        ([ref("a"), ref("b", "Quota")], 3, []),
        ([ref("a"), ref("b", None)], 3, []),
        ([ref("a"), ref("a")], 3, []),
        # A weekly column: each is far from the one before it, near to none.
        ([ref("a", days_ago=14), ref("b", days_ago=7), ref("c")], 3, []),
    ],
)
def test_copies_within_a_run(refs, days, expected):
    assert copies(remember(refs, {}, now=NOW, duplicate_days=days)) == expected


def test_copies_of_what_an_earlier_run_fetched():
    known = {title_key(TITLE): SeenTitle(url="https://s.example/a", at=NOW - timedelta(days=1))}
    pages = remember([ref("a"), ref("b")], known, now=NOW, duplicate_days=3)
    assert copies(pages) == ["b"]
    assert pages[1].copy_of == "https://s.example/a"


def test_the_copy_stands_in_for_an_original_that_never_came():
    pages = remember(
        [ref("a"), ref("b"), ref("c")],
        {},
        now=NOW,
        duplicate_days=3,
        unfetched={"https://s.example/a"},
    )
    assert copies(pages) == ["c"]


SOURCE = make_source(poll_min_s=3600.0, poll_max_s=86_400.0)


def poll(hours, *, interval_h=8.0, failures=0):
    return Poll(
        source="harborpost",
        polled_at=NOW - timedelta(hours=hours),
        interval_s=interval_h * 3600,
        found=20,
        new=1,
        failures=failures,
    )


def after(last, **options):
    given = {"found": 20, "new": 1, "failed": False, "now": NOW}
    return next_poll(SOURCE, last, **{**given, **options}).interval_s / 3600


@pytest.mark.parametrize(
    ("options", "low", "high"),
    [
        ({"new": 0}, 12, 12),
        ({"new": 4}, 8, 8),  # just what is aimed for
        ({"new": 8}, 5, 7),
        ({"new": 19}, 2.6, 6),
        ({"new": 1}, 8.1, 12),
        ({"new": 20}, 4, 4),  # the whole feed is new: some may be lost
        ({"new": 0, "failed": True}, 16, 16),
    ],
)
def test_interval_follows_the_yield(options, low, high):
    assert low <= after(poll(8), **options) <= high


def test_interval_stays_within_its_bounds():
    last = poll(8)
    for _ in range(20):
        last = next_poll(SOURCE, last, found=20, new=0, failed=True, now=NOW)
    assert (last.interval_s, last.failures) == (86_400, 20)
    for _ in range(20):
        last = next_poll(SOURCE, last, found=20, new=20, failed=False, now=NOW)
    assert (last.interval_s, last.failures) == (3600, 0)


def test_first_poll_takes_the_middle_of_the_bounds():
    first = next_poll(SOURCE, None, found=50, new=50, failed=False, now=NOW)
    assert 3600 < first.interval_s < 86_400


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (None, True),
        (poll(7.9), False),
        (poll(8.0), True),
        (poll(25, interval_h=500), True),  # a bound that was lowered holds at once
    ],
)
def test_due(last, expected):
    assert is_due(SOURCE, last, now=NOW) is expected

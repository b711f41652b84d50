"""Waiting: what Retry-After asks for, and how the waits between attempts grow."""

from datetime import UTC, datetime

import pytest

from pipeline.politeness import backoff_wait_s, parse_retry_after


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("120", 120.0),
        ("Mon, 05 Jan 2026 10:00:30 GMT", 30.0),
        ("Mon, 05 Jan 2026 09:00:00 GMT", 0.0),
        ("soon", None),
        ("-5", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_forms(value, expected):
    assert parse_retry_after(value, now=datetime(2026, 1, 5, 10, tzinfo=UTC)) == expected


def test_backoff_doubles_up_to_its_cap():
    waits = [backoff_wait_s(n, base_s=1.0, cap_s=4.0) for n in (1, 2, 3, 9)]
    for wait_s, longest in zip(waits, (1.0, 2.0, 4.0, 4.0), strict=True):
        assert longest / 2 <= wait_s <= longest

"""Rules for a time of day with its date: "12:01 a.m. Eastern on November 10, 2026"."""

import re
from dataclasses import replace

from extractors.dates.atoms import ATOMS
from extractors.dates.grammar import Rule, any_of, read_part, rule
from extractors.dates.relative import DEICTIC_DAY
from extractors.dates.resolve import Site
from extractors.dates.values import Reading
from extractors.dates.words import S
from models.vocabulary import Granularity

_DAYS = tuple(
    entry
    for entry in (*ATOMS, DEICTIC_DAY)
    if entry.rule_id
    in {"date.month_day", "date.day_month", "date.weekday", "date.deictic_day", "date.iso"}
)
_ZONE = (
    rf"(?:{S}\(?(?i:(?:[A-Z]+ern|pacific|central|mountain|beijing|local|universal|greenwich)"
    rf"(?:{S}(?:standard|daylight|mean))?(?:{S}time)?|GMT|UTC"
    rf"|ES?T|EDT|PDT|PST|CET|CEST|CST|JST|BST)\)?)?"
)
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])(?:[:.](?P<minute>[0-5]\d))?(?:[ \u00a0]?(?P<half>(?i:[ap]\."
    r"?m\b\.?)))?"
)


def _time_of_day(match: re.Match[str], site: Site) -> Reading | None:
    hour, minute, half = int(match["hour"]), match["minute"], (match["half"] or "").lower()
    if not minute and not half:
        return None
    offset = match.start("day_part") - match.start()
    start = site.start + offset
    place = replace(site, start=start, end=start + len(match["day_part"]))
    day = read_part(_DAYS, match["day_part"], place)
    if day is None or day.granularity is not Granularity.DAY:
        return None
    if half.startswith("p") and hour < 12:
        hour += 12
    if half.startswith("a") and hour == 12:
        hour = 0
    timex = f"{day.timex}T{hour:02d}:{minute or '00'}"
    return replace(day, timex=timex, granularity=Granularity.TIME)


CLOCKS: tuple[Rule, ...] = (
    rule(
        "time_of_day",
        rf"(?<![\d:.,$])\b{_CLOCK}{_ZONE},?{S}(?:(?i:on|of){S})?(?P<day_part>{any_of(_DAYS)})",
        _time_of_day,
        "digit",
    ),
)

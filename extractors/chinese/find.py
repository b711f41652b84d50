"""All Chinese finders in order: one text in, its facts out, as the English ones give them."""

from collections.abc import Sequence
from dataclasses import replace

from extractors.chinese.announcements import find_announcements
from extractors.chinese.companies import find_companies
from extractors.chinese.dates import find_dates
from extractors.chinese.events import find_events
from extractors.chinese.percentages import find_percentages
from extractors.chinese.reading import Reading, read_chinese
from extractors.chinese.simplified import in_words_of
from extractors.chinese.tonnages import find_tonnages
from extractors.quantities.checks import check_quantities
from extractors.texts import TextInput
from models.facts import CompanyMention, Facts


def without_names(reading: Reading, companies: Sequence[CompanyMention]) -> Reading:
    """Return the reading without the terms inside names of firms: 金力永磁 is no magnet."""
    covered = bytearray(len(reading.text))
    for firm in companies:
        covered[firm.char_start : firm.char_end] = b"\x01" * (firm.char_end - firm.char_start)
    return replace(reading, terms=tuple(term for term in reading.terms if not covered[term.start]))


def facts_of_chinese(given: TextInput) -> Facts:
    """Return the facts of a Chinese text; offsets count in it, rule ids begin with `zh.`."""
    reading = read_chinese(given)
    dates = find_dates(reading)
    companies = find_companies(reading)
    reading = without_names(reading, companies)
    announcements = find_announcements(reading, dates)
    tonnages = find_tonnages(reading, dates)
    percentages = find_percentages(reading, dates)
    events = find_events(reading, dates=dates, companies=companies, announcements=announcements)
    read = reading.text
    return Facts(
        companies=in_words_of(given.text, read, companies),
        tonnages=in_words_of(given.text, read, tonnages),
        percentages=in_words_of(given.text, read, percentages),
        dates=in_words_of(given.text, read, dates),
        license_events=in_words_of(given.text, read, events),
        findings=check_quantities(tonnages, percentages),
        announcements=in_words_of(given.text, read, announcements),
        sentences=reading.sentences,
    )

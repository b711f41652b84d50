"""Masses and percentages of one text together: the numbers are read once for both."""

from collections.abc import Sequence

from spacy.tokens import Doc

from extractors.quantities.percentages import read_percentages
from extractors.quantities.reading import read_quantities
from extractors.quantities.tonnages import read_tonnages
from models.facts import CompanyMention, DateMention, Percentage, Tonnage


def find_quantities(
    doc: Doc, dates: Sequence[DateMention], companies: Sequence[CompanyMention] = ()
) -> tuple[tuple[Tonnage, ...], tuple[Percentage, ...]]:
    """Return the masses and the percentages of a Doc, each in order of offset.

    Args:
        doc: A Doc of `extractors.nlp.read_doc`.
        dates: Its date mentions; none leaves every period unknown but those of tables.
        companies: Its firms; the quota or plant of a firm names the firm as reporter.
    """
    quantities = read_quantities(doc)
    masses = read_tonnages(doc, dates, quantities, companies)
    percentages = read_percentages(doc, dates, quantities, masses)
    return tuple(item.tonnage for item in masses), percentages

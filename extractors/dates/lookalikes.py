"""Words and figures that only look like dates: "may" the verb, April the name, 2010 tons.

Tests for one place in a text; they look at a bounded window around it.
"""

import re

from extractors.dates.resolve import Site

# A form of "May" or "March" with a capital that opens a sentence may be the verb.
_NOT_VERB_NEXT = re.compile(
    r"[ \t\u00a0]+(?:(?i:the|be|have|not|i|we|they|it|he|she|you|god|your|on|towards?|into|all)\b)"
)
_NAME_NEXT = re.compile(r" (?!(?:Q[1-4]|I|U\.S|China|Chinese|Japan|Beijing|EU|US|UK)\b)[A-Z][a-z]+")
_BEFORE_MONTH = re.compile(
    r"(?:\b(?i:in|as|since|by|from|until|till|through|to|of|between|during|for|after|before|on|versus"
    r"|late|early|mid|last|next|this|and|or|than|with|past|previous|over|around|vs\.?|end"
    r"|compared with|above|below|under|against|exceeding|month"
    r"|January|February|March|April|May|June|July|August|September|October"
    r"|November|December)[,.]?[ \t\u00a0]+|[-–—/(])$"
)
_AFTER_MONTH = re.compile(
    r"(?:[ \t\u00a0]+(?:(?i:exports?|imports?|shipments?|sales|data|figures?|statistics|output"
    r"|production|quota|totals?|prices?|volumes?|deliver\w+|results?|was|were|and|to|through))\b"
    r"|[-–—][A-Z])"
)


# "Its May listing", "a March notice": a month that qualifies a noun.
_OWNER_BEFORE = re.compile(
    r"\b(?i:the|a|its|their|our|his|her|(?:last|this|next) year[’']s)[ \u00a0]$|[a-z][’']s $"
)
_NOUN_AFTER = re.compile(r"[ \u00a0](?!(?:on|in|to|of|for|against|be|have|not)\b)[a-z]{4,}")


def is_month_name(text: str, site: Site, surface: str) -> bool:
    """Tell whether "May" or "March" at a site stands where a month does."""
    end = site.start + len(surface)
    if _BEFORE_MONTH.search(text[max(0, site.start - 20) : site.start]):
        return True
    owned = _OWNER_BEFORE.search(text[max(0, site.start - 20) : site.start])
    if owned and _NOUN_AFTER.match(text, end):
        return True
    return _NOT_VERB_NEXT.match(text, end) is None and _AFTER_MONTH.match(text, end) is not None


def is_person(text: str, site: Site) -> bool:
    """Tell a given or family name: "April Jones", "Theresa May"."""
    before = text[max(0, site.start - 24) : site.start]
    if re.search(r"(?:\b[A-Z][a-z]+|Mr\.?|Ms\.?|Mrs\.?|Dr\.?|Minister) $", before):
        known = re.search(
            r"(?:^|[.\n] ?|\b)(?:In|Since|By|From|Until|Through"
            r"|To|Of|Between|During|For|After|Before"
            r"|Late|Early|Last|Next|This|And|The|Over|Around"
            r"|Its|Compared|On|China|Beijing|[A-Z][a-z]+ese"
            r"|January|February|March|April|May|June|July|August|September|October|November"
            r"|December) $",
            before,
        )
        return known is None
    following = text[site.end : site.end + 24]
    return bool(_NAME_NEXT.match(following)) and not before.lower().endswith(
        ("in ", "since ", "by ", "from ", "until ", "of ", "to ")
    )


_LIMIT_YEAR = re.compile(
    r"\b(?i:in|by|since|until|till|from|of|to|through|before"
    r"|after|around|about|early|mid|late|for|during"
    r"|year|and|between|over|than|with|versus|circa|the|on"
    r"|beyond|past|end)[ \t\u00a0-]{1,2}(?:[‘’'(]?)$"
)
_NO_YEAR_BEFORE = re.compile(
    r"(?:[$€£¥#§/.:]|\b(?i:no|nos|vision|horizon|made in china|number|section|sections"
    r"|project|article|chapter|regulation|rule|order"
    r"|lines?|code|codes|heading|headings|hs|hts|subheading"
    r"|model|series|grade|route|page|room|suite"
    r"|box|part|title|docket|announcement|decree|eo|fr|resolution|flight|usd|rmb|act of"
    r"|boeing|airbus|agenda|class|type|version|alloy|iso|astm|stage|phase)\.?[ \t\u00a0]?[(]?"
    r"|[\d][,.-]|[A-Za-z][-‐–]?)$"
)
# "Announcement No. 18 of 2025": the year belongs to the number.
_NUMBERED = re.compile(r"(?:[Nn]os?\.?|#|№)[ \u00a0]?\d{1,5} (?:of |\[|\()$")
_COUNTED = re.compile(
    r"(?:[ \t\u00a0-]*(?:%|°|per ?cent\b|pct\b|tons?\b|tonnes?\b"
    r"|kg\b|kilo|mt\b|kt\b|lbs?\b|pounds?\b|MW|GW"
    r"|kW|km\b|miles?\b|met(?:er|re)s?\b|people\b|workers\b"
    r"|jobs\b|employees\b|dollars?\b|yuan\b|euros?\b"
    r"|vehicles\b|cars\b|units\b|firms\b|companies\b|entities\b"
    r"|aircraft\b|homes\b|acres\b|hectares\b"
    r"|feet\b|points?\b|basis\b|million\b|billion\b|magnets\b|trucks\b|items\b|products\b|members\b"
    r"|staff\b|litres\b|metric\b|ppm\b|MMT\b|wan\b|hours\b"
    r"|days\b|weeks\b|months\b|years\b|times\b|or so\b)|[/][A-Za-z\d]"
    r"|[-‐]\d{3,}|[A-Za-z_]|,\d{3}|\.\d)"
)


def is_year_place(text: str, start: int, end: int, *, counted: bool = True) -> bool:
    """Tell whether four digits at `[start, end)` stand where a year does, not an amount or code.

    `counted` also looks for a noun of amount behind them ("2010 tons").
    """
    before = text[max(0, start - 20) : start]
    if _NUMBERED.search(before):
        return False
    if _NO_YEAR_BEFORE.search(before) and not re.search(
        r"\b(?:January|February|March|April|May|June|July|August"
        r"|September|October|November|December"
        r"|[A-Z][a-z]{2}\.) ?$",
        before,
    ):
        return bool(re.search(r"\b(?i:pre|post|mid|early|late|end|year|since|non)[-‐–]$", before))
    if counted and _COUNTED.match(text, end):
        return False
    year = int(text[end - 4 : end])
    return 1950 <= year <= 2039 or _LIMIT_YEAR.search(before) is not None

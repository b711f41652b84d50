"""The Federal Register's interface: which documents a term, agencies and days give. Pure.

`documents.json` needs no key and answers at most 2,000 documents for one question (its own limit).
Documented at federalregister.gov/developers/documentation/api/v1.
"""

from urllib.parse import parse_qs, urlencode, urlsplit

from models.pages import ApiQuery
from pipeline.api_page import ApiPage, list_of_objects, read_json, require_object
from pipeline.feeds import FeedEntry, parse_moment, plain_title
from pipeline.urls import clean_url, is_same_site

ADDRESS = "https://www.federalregister.gov/api/v1/documents.json"
PER_PAGE = 100
_FIELDS = ("title", "html_url", "publication_date")


def first_url(query: ApiQuery) -> str:
    """Return where the newest documents of a query are asked for."""
    return _page_url(query, 1)


def parse_documents(body: bytes, url: str, query: ApiQuery) -> ApiPage:
    """Return the documents of one answer, newest first.

    The next address is made from the page number, never taken from the answer. Documents whose
    address lies on another site are left out.

    Args:
        body: The answer.
        url: Where it came from; its `page` parameter says which page this is.
        query: What was asked.

    Raises:
        InputError: It is no answer of this interface.
    """
    answer = require_object(read_json(body, url), url)
    entries = (_entry(item, url) for item in list_of_objects(answer.get("results"))[:PER_PAGE])
    page = _page_number(url)
    total = answer.get("total_pages")
    is_last = not isinstance(total, int) or page >= total
    return ApiPage(
        entries=tuple(entry for entry in entries if entry is not None),
        next_url=None if is_last else _page_url(query, page + 1),
    )


def _page_url(query: ApiQuery, page: int) -> str:
    parameters = [("order", "newest")]
    if query.term:
        parameters.append(("conditions[term]", query.term))
    parameters += [("conditions[agencies][]", agency) for agency in query.agencies]
    if query.since:
        parameters.append(("conditions[publication_date][gte]", query.since.isoformat()))
    if query.until:
        parameters.append(("conditions[publication_date][lte]", query.until.isoformat()))
    parameters += [("fields[]", name) for name in _FIELDS]
    parameters += [("per_page", str(PER_PAGE)), ("page", str(page))]
    return f"{query.address or ADDRESS}?{urlencode(parameters)}"


def _page_number(url: str) -> int:
    given = parse_qs(urlsplit(url).query).get("page", ["1"])[0]
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1


def _entry(item: object, base: str) -> FeedEntry | None:
    fields = item if isinstance(item, dict) else {}
    link = fields.get("html_url")
    url = clean_url(link, base) if isinstance(link, str) else None
    if url is None or not is_same_site(url, base):
        return None
    return FeedEntry(
        url=url,
        title=plain_title(fields.get("title")),
        published=parse_moment(fields.get("publication_date")),
    )

"""Which reader belongs to which interface: the one table that discovery looks things up in."""

from collections.abc import Callable
from dataclasses import dataclass

from models.pages import ApiKind, ApiQuery
from pipeline import federal_register, gdelt, wayback
from pipeline.api_page import ApiPage


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """How one interface is asked, and how its answers are read."""

    first_url: Callable[[ApiQuery], str]
    parse: Callable[[bytes, str, ApiQuery], ApiPage]


APIS = {
    ApiKind.FEDERAL_REGISTER: Api(
        first_url=federal_register.first_url, parse=federal_register.parse_documents
    ),
    ApiKind.GDELT: Api(first_url=gdelt.first_url, parse=gdelt.parse_articles),
    ApiKind.WAYBACK: Api(first_url=wayback.first_url, parse=wayback.parse_captures),
}

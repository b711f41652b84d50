"""Records to table rows: the one place where field names of records meet column names."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from extractors.registry import Company
from models.facts import CompanyMention, Fact, Finding, LicenseEvent
from models.ids import stable_id
from models.pages import ArchiveEntry, Article, RawPage, Rejected, Source, TextAgreement
from pipeline.page_reader import ReadArticle
from pipeline.staging import Row

_PARTY_ROLES = {
    "licensee": "licensees",
    "beneficiary": "beneficiaries",
    "applicant": "applicants",
    "excluded": "excluded",
}


def fetch_id(url: str, body_sha256: str) -> str:
    """Return the key of a body that a URL was served with."""
    return stable_id("fetch", url, body_sha256)


def source_row(source: Source) -> Row:
    """Return the `source` row of a source file."""
    return {
        "source": source.slug,
        "name": source.name,
        "homepage": source.homepage,
        "kind": source.kind.value,
        "country": source.country,
        "languages": list(source.languages),
        "owner_group": source.owner_group,
        "is_enabled": source.enabled,
    }


def company_row(company: Company) -> Row:
    """Return the `company` row of a registry entry."""
    return {
        "company_id": company.company_id,
        "name": company.name,
        "country": company.country,
        "role": company.role,
        "tickers": list(company.tickers),
        "aliases": list(company.aliases),
    }


def fetch_row(page: RawPage, entry: ArchiveEntry) -> Row:
    """Return the `page_fetch` row of an archived page."""
    headers = dict(page.headers)
    return {
        "fetch_id": fetch_id(page.url, page.body_sha256),
        "source": page.source,
        "url": page.url,
        "final_url": page.final_url,
        "fetched_at": page.fetched_at,
        "status": page.status,
        "method": page.method.value,
        "content_type": headers.get("content-type"),
        "etag": headers.get("etag"),
        "last_modified": headers.get("last-modified"),
        "body_sha256": page.body_sha256,
        "body_bytes": len(page.body),
        "warc_file": entry.warc_file,
        "warc_offset": entry.offset,
        "warc_length": entry.length,
    }


def rejection_row(rejected: Rejected) -> Row:
    """Return the `rejection` row; the key leaves out the detail, which may name a time."""
    return {
        "rejection_id": stable_id("rejection", rejected.stage, rejected.reason, rejected.url),
        "stage": rejected.stage.value,
        "reason": rejected.reason.value,
        "detail": rejected.detail[:2000],
        "source": rejected.source,
        "url": rejected.url,
        "seen_at": rejected.seen_at,
    }


def article_rows(read: ReadArticle) -> dict[str, list[Row]]:
    """Return the rows of an article, its version, its text and all its facts, by table."""
    article, facts = read.article, read.facts
    keys = {"article_id": article.article_id, "version_id": article.version_id}
    mark = {"extractor_version": read.extractor_version}
    events = [_event_row(event, keys, mark) for event in facts.license_events]
    return {
        "article": [_article_row(article)],
        "article_version": [_version_row(article, read.extractor_version)],
        "article_text": [{"version_id": article.version_id, "text": article.text}],
        "article_sentence": [
            {
                "version_id": article.version_id,
                "sentence_no": number,
                "char_start": start,
                "char_end": end,
            }
            for number, (start, end) in enumerate(facts.sentences)
        ],
        "company_mention": _fact_rows(facts.companies, keys, mark),
        "tonnage": _fact_rows(facts.tonnages, keys, mark),
        "percentage": _fact_rows(facts.percentages, keys, mark),
        "date_mention": _fact_rows(facts.dates, keys, mark),
        "finding": _fact_rows(facts.findings, keys, mark),
        "announcement": _fact_rows(facts.announcements, keys, mark),
        "text_agreement": _agreement_rows(article.text_agreement, keys, mark),
        "license_event": events,
        "license_event_party": [
            row
            for event, event_row in zip(facts.license_events, events, strict=True)
            for row in _party_rows(event, event_row["license_event_id"], keys, facts.companies)
        ],
    }


def _article_row(article: Article) -> Row:
    return {
        "article_id": article.article_id,
        "source": article.source,
        "url": article.url,
        "current_version_id": article.version_id,
        "first_seen_at": article.fetched_at,
    }


def _version_row(article: Article, extractor_version: str) -> Row:
    return {
        "version_id": article.version_id,
        "article_id": article.article_id,
        "source": article.source,
        "url": article.url,
        "title": article.title,
        "published_at": article.published,
        "published_on": article.published.date() if article.published else None,
        "date_basis": article.date_basis.value if article.date_basis else None,
        "byline": article.byline,
        "site": article.site,
        "language": article.language,
        "tags": list(article.tags),
        "regions": list(article.regions),
        "sectors": list(article.sectors),
        "fetched_at": article.fetched_at,
        "body_sha256": article.body_sha256,
        "text_chars": len(article.text),
        "extractor_version": extractor_version,
    }


def _fact_rows(facts: Sequence[Fact | Finding], keys: Row, mark: Row) -> list[Row]:
    return [keys | _plain(asdict(fact)) | mark for fact in facts]


def _agreement_rows(found: TextAgreement | None, keys: Row, mark: Row) -> list[Row]:
    if found is None:
        return []
    return [keys | asdict(found) | {"chosen": found.chosen.value} | mark]


def _plain(fields: dict[str, Any]) -> Row:
    return {
        key: list(value) if isinstance(value, tuple) else value for key, value in fields.items()
    }


def _event_row(event: LicenseEvent, keys: Row, mark: Row) -> Row:
    key = stable_id("event", keys["version_id"], event.kind, event.char_start, event.char_end)
    return {"license_event_id": key} | keys | _plain(asdict(event)) | mark


def _party_rows(
    event: LicenseEvent, event_id: str, keys: Row, companies: Iterable[CompanyMention]
) -> list[Row]:
    by_surface = {mention.text.casefold(): mention for mention in companies}
    rows: list[Row] = []
    for role, field in _PARTY_ROLES.items():
        for surface in dict.fromkeys(getattr(event, field)):
            firm = by_surface.get(surface.casefold())
            rows.append(
                {"license_event_id": event_id, "role": role, "surface": surface}
                | keys
                | {
                    "company_id": firm.company_id if firm else None,
                    "name": firm.name if firm else surface,
                    "is_firm": firm is not None,
                }
            )
    return rows

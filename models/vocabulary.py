"""Closed vocabularies of the facts, rejections and sources.

Every set that the contract closes is a `StrEnum`; the SQL CHECK constraints repeat them and
`tests/test_schema_drift.py` compares both. Not here: open vocabularies such as companies
(`models/data/`).
"""

from enum import StrEnum


class Flow(StrEnum):
    """What a tonnage counts."""

    EXPORT = "export"
    IMPORT = "import"
    PRODUCTION = "production"
    QUOTA = "quota"
    CAPACITY = "capacity"
    DEMAND = "demand"
    STOCKPILE = "stockpile"
    RESERVES = "reserves"
    SALE = "sale"
    OTHER = "other"


class Bound(StrEnum):
    """How a quoted number limits the true one."""

    EXACT = "exact"
    APPROX = "approx"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    OVER = "over"
    UNDER = "under"
    RANGE = "range"


class Basis(StrEnum):
    """The length of time that a tonnage adds up."""

    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    YTD = "ytd"
    CUMULATIVE = "cumulative"
    OTHER = "other"


class QuantityRole(StrEnum):
    """The part a number plays in a movement; `level` when nothing moves."""

    LEVEL = "level"
    CHANGE = "change"
    INITIAL = "initial"
    FINAL = "final"


class Direction(StrEnum):
    """Where a movement goes."""

    UP = "up"
    DOWN = "down"


class MassBasis(StrEnum):
    """What the mass is the mass of: rare-earth-oxide equivalent, metal, magnets, gross ..."""

    REO = "reo"
    METAL = "metal"
    MAGNET = "magnet"
    CONTAINED = "contained"
    WET = "wet"
    DRY = "dry"
    GROSS = "gross"


class PercentageKind(StrEnum):
    """What a percentage measures."""

    CHANGE_MOM = "change_mom"
    CHANGE_YOY = "change_yoy"
    CHANGE_OTHER = "change_other"
    SHARE = "share"
    RATE = "rate"
    TARIFF = "tariff"
    OTHER = "other"


class DateKind(StrEnum):
    """What a time expression denotes."""

    DATE = "date"
    DURATION = "duration"
    RECURRING = "recurring"


class Granularity(StrEnum):
    """How fine a date is."""

    TIME = "time"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"
    MULTI = "multi"
    VAGUE = "vague"


class EventKind(StrEnum):
    """What happened: measures, firm-level licenses, and what stays off the timeline."""

    CONTROL_IMPOSED = "control_imposed"
    CONTROL_EXPANDED = "control_expanded"
    CONTROL_EASED = "control_eased"
    CONTROL_SUSPENDED = "control_suspended"
    CONTROL_REINSTATED = "control_reinstated"
    CONTROL_LIFTED = "control_lifted"
    BAN_IMPOSED = "ban_imposed"
    BAN_LIFTED = "ban_lifted"
    LICENSE_REGIME_CHANGED = "license_regime_changed"
    QUOTA_ISSUED = "quota_issued"
    EXEMPTION_GRANTED = "exemption_granted"
    ENTITY_LISTED = "entity_listed"
    ENTITY_DELISTED = "entity_delisted"
    LICENSE_APPLIED = "license_applied"
    LICENSE_GRANTED = "license_granted"
    LICENSE_DENIED = "license_denied"
    LICENSE_DELAYED = "license_delayed"
    LICENSE_REVOKED = "license_revoked"
    LICENSE_RENEWED = "license_renewed"
    LICENSE_EXCLUDED = "license_excluded"
    OTHER_POLICY = "other_policy"
    OTHER_LICENSE = "other_license"


OFF_TIMELINE_KINDS = frozenset({EventKind.OTHER_POLICY, EventKind.OTHER_LICENSE})
FIRM_KINDS = frozenset(
    {
        EventKind.LICENSE_APPLIED,
        EventKind.LICENSE_GRANTED,
        EventKind.LICENSE_DENIED,
        EventKind.LICENSE_DELAYED,
        EventKind.LICENSE_REVOKED,
        EventKind.LICENSE_RENEWED,
        EventKind.LICENSE_EXCLUDED,
    }
)


class LicenseKind(StrEnum):
    """The form of an export license."""

    GENERAL = "general"
    INDIVIDUAL = "individual"
    VALIDATED_END_USER = "validated_end_user"
    TEMPORARY = "temporary"


class Modality(StrEnum):
    """How sure the text is that the event happened."""

    ASSERTED = "asserted"
    REPORTED = "reported"
    PLANNED = "planned"
    POSSIBLE = "possible"
    CONDITIONAL = "conditional"
    REQUESTED = "requested"
    NEGATED = "negated"
    DENIED = "denied"


class Link(StrEnum):
    """How a company mention was found and linked."""

    REGISTRY = "registry"
    SUFFIX = "suffix"
    SHORT_FORM = "short_form"
    MODEL = "model"


class Stage(StrEnum):
    """The stage of the chain at which a rejection was made."""

    DISCOVER = "discover"
    FETCH = "fetch"
    ARCHIVE = "archive"
    ARTICLE = "article"
    RELEVANCE = "relevance"
    EXTRACT = "extract"


class RejectionReason(StrEnum):
    """Why something that was seen did not become facts. One word an analyst can group by."""

    ROBOTS_DISALLOWED = "robots_disallowed"
    OPTED_OUT = "opted_out"
    ADDRESS_FORBIDDEN = "address_forbidden"
    UNREACHABLE = "unreachable"
    HTTP_ERROR = "http_error"
    TIMEOUT = "timeout"
    TOO_LARGE = "too_large"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    WRONG_CONTENT_TYPE = "wrong_content_type"
    BAD_URL = "bad_url"
    BAD_FEED = "bad_feed"
    BAD_ARCHIVE = "bad_archive"
    NOT_HTML = "not_html"
    NO_TEXT = "no_text"
    INDEX_PAGE = "index_page"
    PAYWALL = "paywall"
    NOT_ARTICLE = "not_article"
    TOO_DEEP = "too_deep"
    WRONG_LANGUAGE = "wrong_language"
    IRRELEVANT = "irrelevant"
    EXTRACTION_FAILED = "extraction_failed"
    TOO_SLOW = "too_slow"
    OUT_OF_MEMORY = "out_of_memory"
    READER_KILLED = "reader_killed"


class SourceKind(StrEnum):
    """What sort of publisher a source is; decides whose date is canonical."""

    REGULATOR = "regulator"
    WIRE = "wire"
    NEWS = "news"
    TRADE_PRESS = "trade_press"
    COMPANY = "company"
    THINK_TANK = "think_tank"
    AGGREGATOR = "aggregator"
    OTHER = "other"


class DateBasis(StrEnum):
    """Where the publication time of an article was read."""

    JSON_LD = "json_ld"
    META = "meta"
    HTMLDATE = "htmldate"
    TEXT = "text"
    GIVEN = "given"


class TextChoice(StrEnum):
    """Which reader's text of a page is the article: the usual one unless it lost most of it."""

    FIRST = "first"
    WIDER = "wider"
    SECOND = "second"


class FetchMethod(StrEnum):
    """How the bytes of a page reached the archive."""

    HTTP = "http"
    FILE = "file"
    WARC = "warc"

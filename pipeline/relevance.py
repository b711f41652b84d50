"""The gate before the extractors: is an article in a language they read, and on this subject?

Counting only, so that irrelevant documents cost microseconds. What passes may still yield no
fact; what is refused is stored with its counts and can be judged again later.
"""

from extractors.topic import score_topic
from models.pages import Article, Rejected, Source
from models.vocabulary import RejectionReason, Stage

ACCEPTED_LANGUAGES = frozenset({"en"})
# Read by rules of their own, where the source declares them or the user gave the page by hand.
DECLARED_LANGUAGES = frozenset({"zh"})
# One mention in a text about something else is passing ("a rare-earth magnet in the scoreboard"),
# two are a subject of it. A headline that names the subject is enough by itself.
MIN_MENTIONS = 2
# Announcements that put firms on a control list often name no mineral at all, only the ministry.
MIN_CONTROL_MENTIONS = 3
_MAX_TERMS_SHOWN = 5


def judge(article: Article, source: Source | None) -> Rejected | None:
    """Return why an article should not be read further, None when it should.

    WRONG_LANGUAGE: known and not English, nor Chinese from a source that declares it or from no
    source at all (files and addresses given by hand); an unknown language (a very short text)
    passes.
    IRRELEVANT: neither the title names rare earths or another critical mineral, nor does the text
    at least twice. Minerals and goods with many other uses (graphite, magnets) count only beside
    trade-policy wording. Policy wording alone counts in one case: at least three mentions of
    export control or licensing in a text that names the Chinese commerce ministry.

    Args:
        article: The article to judge.
        source: Its source, whose `relevance_terms` count like those of the lexicon.
    """
    accepted = accepted_languages(source)
    if article.language is not None and article.language not in accepted:
        detail = f"language {article.language}, not {' or '.join(sorted(accepted))}"
        return _reject(article, RejectionReason.WRONG_LANGUAGE, detail)
    extra = source.relevance_terms if source is not None else ()
    score = score_topic(article.title, article.text, extra=extra)
    is_control_notice = score.issuer > 0 and score.control >= MIN_CONTROL_MENTIONS
    if score.title or score.mentions >= MIN_MENTIONS or is_control_notice:
        return None
    shown = ", ".join(score.terms[:_MAX_TERMS_SHOWN]) or "no term"
    detail = (
        f"{score.mentions} mentions, {MIN_MENTIONS} needed "
        f"({score.core} core, {score.minor} minor, {score.control} control, "
        f"{score.issuer} issuer, {score.policy} policy): {shown}"
    )
    return _reject(article, RejectionReason.IRRELEVANT, detail)


def accepted_languages(source: Source | None) -> frozenset[str]:
    """Return the languages that are read in pages of a source; None: pages given by hand."""
    if source is None:
        return ACCEPTED_LANGUAGES | DECLARED_LANGUAGES
    return ACCEPTED_LANGUAGES | (DECLARED_LANGUAGES & frozenset(source.languages))


def _reject(article: Article, reason: RejectionReason, detail: str) -> Rejected:
    return Rejected(
        stage=Stage.RELEVANCE,
        reason=reason,
        detail=detail,
        source=article.source,
        url=article.url,
        seen_at=article.fetched_at,
    )

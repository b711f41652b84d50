"""What a text is about, as far as event nouns need it: regulated goods, exports, licenses."""

from dataclasses import dataclass

from spacy.tokens import Doc, Token

from extractors.events.lexicon import noun_classes
from extractors.gazetteer import MaterialMention

_OFF_TOPIC_FAMILIES = frozenset({"LNG", "soybeans", "steel", "uranium", "aluminum", "copper"})


# A text this short shows no topic of its own; the absence of export words says nothing.
_SHORT_TOKENS = 40


_LICENSE_WORDS = (
    "export approv",
    "export authori",
    "export clear",
    "export control",
    "licenc",
    "licens",
    "permission to",
    "permit",
    "right to export",
)


_BANNING = ("banned", "embargo", "prohibit")
_LISTS = ("entity list", "entities list", "control list", "watch list", "watchlist", "blacklist")


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What the text is about, as far as nouns need it."""

    has_material: bool
    has_export: bool
    has_license: bool
    has_registered_firm: bool
    has_issuer: bool
    has_list: bool
    has_quota: bool
    is_short: bool
    material_at: frozenset[int]
    control_from: int | None
    license_from: int | None

    @property
    def is_on_minerals(self) -> bool:
        """Whether a regulated good is named; a text too short to name one may still mean it."""
        return self.has_material or self.has_registered_firm or self.is_short

    @property
    def is_ours(self) -> bool:
        """Whether the text speaks of exports of regulated goods at all."""
        return (
            self.has_material
            or self.has_export
            or self.has_registered_firm
            or self.has_issuer
            or self.is_short
        )


def read_topic(
    doc: Doc, *, materials: tuple[MaterialMention, ...], has_firm: bool, has_issuer: bool
) -> Topic:
    """Return the topic flags of a text."""
    lower = doc.text.lower()
    controls = noun_classes()["control"].strong
    strong = [
        token.i
        for token in doc
        if token.lower_.rstrip("s") in controls or token.lower_.startswith(_BANNING)
    ]
    licenses = [token.i for token in doc if is_license_word(token)]
    return Topic(
        has_material=any(is_regulated(mention) for mention in materials),
        has_export="export" in lower or "shipment" in lower,
        has_license=any(word in lower for word in _LICENSE_WORDS),
        has_registered_firm=has_firm,
        has_issuer=has_issuer,
        has_quota="quota" in lower,
        has_list=any(name in lower for name in _LISTS),
        is_short=len(doc) <= _SHORT_TOKENS,
        material_at=frozenset(
            index
            for mention in materials
            if is_regulated(mention)
            for index in range(mention.start, mention.end)
        ),
        control_from=min(strong, default=None),
        license_from=min(licenses, default=None),
    )


def is_license_word(token: Token) -> bool:
    """Tell whether a token is "license" or "permit" in any spelling."""
    return token.lower_.rstrip("s") in {"license", "licence", "permit"}


def is_regulated(mention: MaterialMention) -> bool:
    """Tell whether a material is one of those under export policy."""
    return mention.material.family not in _OFF_TOPIC_FAMILIES

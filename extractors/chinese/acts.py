"""Acts of trade policy in one Chinese sentence: the rules of `lexicons/zh_events.toml` and cues.

What an act is of, by whom and when, is read in `events.py`.
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice

from models.errors import LexiconError
from models.vocabulary import EventKind, LicenseKind, Modality

# An act as a thing that is named ("实施出口管制的决定", "违反出口管制规定") is not told as news.
_NAMED = re.compile(
    r"(?:的(?!，)|》|决定|公告(?!\s?[\d〔\[（(第])|制度|工作|法律|法规|条例|法"
    r"|符合|旨在|属于|系|是(?!否))"
)
_PAPER = re.compile(r"《[^》]{1,120}》")
_DENIES = re.compile(
    r"否认|辟谣|不属实|纯属谣言|与事实不符|不符合事实|并非事实|[毫没]无?有?根据|子虚乌有|无中生有"
    r"|不实(?:信息|消息|报道|说法)"
)
_CUES: tuple[tuple[Modality, re.Pattern[str]], ...] = (
    (Modality.DENIED, _DENIES),
    (
        Modality.REQUESTED,
        re.compile(
            r"(?:呼吁|敦促|请求|建议|希望|要求(?:中方|美方|日方|欧方|中国|美国|北京))[^。；]{0,40}$"
        ),
    ),
    (
        Modality.NEGATED,
        re.compile(r"(?:并未|尚未|没有|从未|未曾|并非|不是|无意|不会|未)[^，。；]{0,12}$"),
    ),
    (Modality.CONDITIONAL, re.compile(r"(?:如果|若|倘若|一旦|如(?!下|期|何|此))[^。；]{0,40}$")),
    (Modality.POSSIBLE, re.compile(r"(?:可能|或将|或许|不排除|有望)[^，。；]{0,16}$")),
    (
        Modality.PLANNED,
        re.compile(
            r"(?:计划|拟(?!合)|准备|打算|即将|(?<!现)将(?!对|于|上述|下列|其|该|以下))[^，。；]{0,16}$"
        ),
    ),
    (
        Modality.REPORTED,
        re.compile(
            r"据[^，。；]{0,16}(?:报道|消息|透露)|知情人士|消息人士|据悉"
            r"|(?:外媒|媒体|消息|传闻|贸易商|交易商|业内人士|分析人士)(?:报道)?[称指]"
        ),
    ),
)
_OF_LISTED = re.compile(r"上述(?:实体|企业|公司)|所列(?:实体|企业)|名单内|(?:向|对)其(?=[出提转])")
_MAX_ACTS = 20
# 将甲公司列入管控名单: here 将 marks the object, not the future.
_OBJECT_MARK = re.compile(r"将(?!于|在|对|会|继续)[^，。；]{0,40}$")
_TAKES_OBJECT = ("列入", "纳入", "移出", "列为", "加入", "增列", "增补", "添加", "关税", "税率")
_FAR_CUES = frozenset({Modality.DENIED, Modality.REPORTED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a clause must hold to tell of an act of a kind.

    `says` is the modality that its words have by themselves (尚未获批), `only` the one without
    which they tell of no act: "faster approvals" are news only where somebody asks for them.
    """

    rule_id: str
    kind: EventKind
    pattern: re.Pattern[str]
    license_kind: LicenseKind | None
    says: Modality | None
    only: Modality | None


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return the rules in order of precedence.

    Raises:
        LexiconError: A rule has an unknown kind or a pattern that cannot be read.
    """
    text = files("extractors").joinpath("lexicons", "zh_events.toml").read_text(encoding="utf-8")
    try:
        return tuple(
            Rule(
                rule_id=row["id"],
                kind=EventKind(row["kind"]),
                pattern=re.compile(row["pattern"]),
                license_kind=LicenseKind(row["license"]) if "license" in row else None,
                says=Modality(row["says"]) if "says" in row else None,
                only=Modality(row["only"]) if "only" in row else None,
            )
            for row in tomllib.loads(text)["rule"]
        )
    except (KeyError, ValueError, re.error) as error:
        raise LexiconError(f"zh_events.toml: a rule cannot be read: {error!r}") from error


def find_acts(sentence: str) -> Iterator[tuple[Rule, re.Match[str]]]:
    """Yield each act of a sentence once, by the first rule that reads it; not in order of place."""
    # What stands in the name of a paper is not told by the sentence that cites it.
    sentence = _PAPER.sub(lambda name: f"《{'□' * (len(name.group()) - 2)}》", sentence)
    taken: list[tuple[int, int]] = []
    for rule in rules():
        for match in islice(rule.pattern.finditer(sentence), _MAX_ACTS):
            first, last = match.span()
            if any(first < stop and begin < last for begin, stop in taken):
                continue
            taken.append((first, last))
            if not _is_named(sentence, match):
                yield rule, match


def _is_named(sentence: str, match: re.Match[str]) -> bool:
    """Tell whether an act is only named, or is what follows from a list of entities."""
    return bool(_OF_LISTED.search(match.group()) or _NAMED.match(sentence, match.end()))


def modality_of(sentence: str, rule: Rule, match: re.Match[str]) -> Modality:
    """Return how sure a sentence is of the act that a rule matched."""
    if rule.says is not None:
        return rule.says
    before = sentence[max(0, match.start() - 60) : match.start()]
    if match.group().startswith(_TAKES_OBJECT):
        before = _OBJECT_MARK.sub("", before)
    for modality, cue in _CUES:
        if cue.search(sentence if modality in _FAR_CUES else before):
            return modality
    return Modality.ASSERTED


def denies(sentence: str) -> bool:
    """Tell whether a sentence says that what was asked or reported is not so."""
    return _DENIES.search(sentence) is not None

"""Which kinds of events are shown alike: one sign in a terminal, one color and shape in a chart.

Data only, so that `timeline` need not import the charts. What a group looks like is said where it
is drawn: `report_charts` and `cli/drawing`.
"""

from models.vocabulary import EventKind

_KINDS = {
    "tighten": (
        EventKind.CONTROL_IMPOSED,
        EventKind.CONTROL_EXPANDED,
        EventKind.CONTROL_REINSTATED,
        EventKind.BAN_IMPOSED,
    ),
    "ease": (
        EventKind.CONTROL_EASED,
        EventKind.CONTROL_SUSPENDED,
        EventKind.CONTROL_LIFTED,
        EventKind.BAN_LIFTED,
        EventKind.EXEMPTION_GRANTED,
    ),
    "rules": (EventKind.LICENSE_REGIME_CHANGED, EventKind.QUOTA_ISSUED),
    "entity": (EventKind.ENTITY_LISTED, EventKind.ENTITY_DELISTED),
    "granted": (EventKind.LICENSE_GRANTED, EventKind.LICENSE_RENEWED),
    "waiting": (EventKind.LICENSE_APPLIED, EventKind.LICENSE_DELAYED),
    "refused": (
        EventKind.LICENSE_DENIED,
        EventKind.LICENSE_REVOKED,
        EventKind.LICENSE_EXCLUDED,
    ),
}
# Every kind of the timeline, by its value, and its group.
KIND_GROUPS = {kind.value: group for group, kinds in _KINDS.items() for kind in kinds}

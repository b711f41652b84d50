"""How a comparison of versions says what differs: fields, and the sentence around them. Pure."""

from pipeline.store_diff import FactRow, StoredText


def fields_of(fact: FactRow) -> str:
    """Return what a fact says, field by field; empty ones are left out."""
    said = ((name, value) for name, value in fact.fields if value not in (None, (), False))
    return "; ".join(f"{name}: {_show(value)}" for name, value in said)


def differences(old: FactRow, new: FactRow) -> str:
    """Return the fields that two readings of a fact give differently, before and after."""
    before, after = dict(old.fields), dict(new.fields)
    names = sorted({*before, *after})
    parts = [f"text: {old.text!r} → {new.text!r}"] if old.text != new.text else []
    parts += [
        f"{name}: {_show(before.get(name))} → {_show(after.get(name))}"
        for name in names
        if before.get(name) != after.get(name)
    ]
    return "; ".join(parts)


def _show(value: object) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "nothing"
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def sentence_at(text: StoredText, place: int) -> str:
    """Return the sentence around a place of a text; the words near it when there is none."""
    for start, end in text.sentences:
        if start <= place < end:
            return text.text[start:end]
    return text.text[max(0, place - 80) : place + 120]

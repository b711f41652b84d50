"""Events told by set phrases and by goods in place of exports: each with a near-miss.

The sentences stand in a text about licenses, as in a retold news story.
"""

from datetime import date

import pytest

from extractors.companies.find import find_companies
from extractors.dates.find import find_dates
from extractors.events.find import find_license_events
from extractors.events.lexicon import read_table
from extractors.nlp import load_nlp, read_doc
from extractors.texts import TextInput
from models.vocabulary import EventKind

_STORY = (
    "This story is about export licenses for rare earths. It was written for readers who know the "
    "subject well, and it has no other aim than to say in plain words what has been going on in "
    "the world since the beginning of the year, and why.\n\n"
)


def pairs(text):
    given = TextInput(id="t", text=_STORY + text, published=date(2026, 6, 10))
    doc = read_doc(load_nlp(), given)
    events = find_license_events(doc, companies=find_companies(doc), dates=find_dates(doc))
    return {f"{event.kind}/{event.modality}" for event in events}


PRESENT = [
    ("Beijing turned off the tap on gallium exports.", "ban_imposed/asserted"),
    ("Hanoi put an end to all exports of raw ore.", "ban_imposed/asserted"),
    ("China stopped selling yttrium to the Dutch firm.", "ban_imposed/asserted"),
    ("Terbium can no longer be shipped to Norway.", "ban_imposed/asserted"),
    ("Malaysia will keep raw rare earths in the country.", "ban_imposed/planned"),
    ("The embargo on rare earths lasted two months.", "ban_imposed/asserted"),
    ("China cut off Japan in 2010.", "ban_imposed/asserted"),
    ("India asked the state miner to stop exporting rare earths to Japan.", "ban_imposed/requested"),
    ("Beijing reopened the tap for antimony exports.", "ban_lifted/asserted"),
    ("The junta allowed exports of terbium to resume on Monday.", "ban_lifted/asserted"),
    ("The country banned rare earths in 2010, and Beijing embargoed antimony.", "ban_imposed/asserted"),
    ("China's decision to restrict gallium was a warning shot.", "control_imposed/asserted"),
    ("China weaponized antimony.", "control_imposed/asserted"),
    ("China tied exports of gallium to licences in 2025.", "control_imposed/asserted"),
    ("Beijing toughened its line on graphite exports.", "control_expanded/asserted"),
    ("Beijing doubled the number of elements under control.", "control_expanded/asserted"),
    ("Beijing tightened the screws on graphite exports.", "control_expanded/asserted"),
    ("Beijing has lowered the hurdles for exports of rare earths.", "control_eased/asserted"),
    ("Beijing loosened the reins on graphite exports.", "control_eased/asserted"),
    ("Beijing pressed pause on the graphite controls.", "control_suspended/asserted"),
    ("China paused the expansion of its rare earth controls.", "control_suspended/asserted"),
    ("China laid aside the controls on holmium.", "control_suspended/asserted"),
    ("The export controls on indium no longer apply.", "control_lifted/asserted"),
    ("Exporters of germanium wafers no longer need a license.", "control_lifted/asserted"),
    ("The controls on indium came back to life.", "control_reinstated/asserted"),
    ("Two of the permits got through.", "license_granted/asserted"),
    ("Bosch may now ship terbium.", "license_granted/possible"),
    ("Holders of general licences include JL Mag.", "license_granted/asserted"),
    ("The ministry cleared magnets for three suppliers.", "license_granted/asserted"),
    ("After receipt of its export license, Bosch restarted deliveries.", "license_granted/asserted"),
    ("Nidec drew a blank with its application.", "license_denied/asserted"),
    ("EU exporters denied licences, chamber says", "license_denied/reported"),
    ("The ministry turned away three suppliers.", "license_denied/asserted"),
    ("The ministry refused the export of scandium to Ohio.", "license_denied/asserted"),
    ("Their applications have been left in limbo.", "license_delayed/asserted"),
    ("Beijing is dragging its heels over permits for Dutch buyers.", "license_delayed/asserted"),
    ("License processing times have lengthened to 60 days.", "license_delayed/asserted"),
    ("Japan's orders for yttrium have gone unanswered.", "license_delayed/asserted"),
    ("Four mining firms lost the right to ship ore.", "license_revoked/asserted"),
    ("A producer had its export licence withdrawn after an audit.", "license_revoked/asserted"),
    ("This notice rescinds the export authorization of Halden Metals.", "license_revoked/asserted"),
    ("The ministry extended the validity of two permits.", "license_renewed/asserted"),
    ("The permit runs out in June and the firm has sought a renewal.", "license_applied/asserted"),
    ("Bosch was frozen out of the license scheme.", "license_excluded/asserted"),
    ("Two firms came off the blacklist.", "entity_delisted/asserted"),
    ("The ministry allotted 9,000 tonnes to two groups.", "quota_issued/asserted"),
    ("The ministry waived the license requirement for hospitals.", "exemption_granted/asserted"),
    ("The waiver lets suppliers ship without individual licences.", "exemption_granted/asserted"),
    ("Ten names on the entity list were given a reprieve.", "control_suspended/asserted"),
    ("Tokyo is seeking carve-outs from the export curbs.", "exemption_granted/requested"),
    ("Brussels wants China to issue licences faster.", "license_granted/requested"),
    ("Washington dropped its plan to widen the export controls.", "control_expanded/negated"),
    ("Experts expect a relaxation of the export controls.", "control_eased/planned"),
    ("Halts aside, the suspension, announced on May 3, of the export rule holds.", "control_suspended/asserted"),
    ("A halt to antimony exports took hold at midnight.", "ban_imposed/asserted"),
    ("There is no assurance that the permits will be granted.", "license_granted/negated"),
    ("Anyone who sells samarium abroad has had to ask the ministry first.", "license_regime_changed/asserted"),
    ("A Swedish maker came away with nothing.", "license_granted/negated"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), PRESENT)
def test_events_are_found(text, expected):
    assert expected in pairs(text)


ABSENT = [
    ("The plumber turned off the tap in the office.", "ban_imposed"),
    ("The firm put an end to its talks on ore.", "ban_imposed"),
    ("The trader stopped selling gallium in May.", "ban_imposed"),
    ("The plant can no longer be run at a profit.", "ban_imposed"),
    ("The minister will keep his promise at home.", "ban_imposed"),
    ("The talks on rare earths lasted two months.", "ban_imposed"),
    ("The storm cut off the mine for a week.", "ban_imposed"),
    ("The Pentagon banned Chinese magnets from its jets.", "ban_imposed"),
    ("The state banned antimony in toys.", "ban_imposed"),
    ("The firm restricted itself to gallium.", "control_imposed"),
    ("The bank tied the loan to the price of gallium.", "control_imposed"),
    ("The firm tightened the screws of the gallium press.", "control_expanded"),
    ("The miner loosened the reins on spending for graphite.", "control_eased"),
    ("The firm paused the expansion of its gallium plant.", "control_suspended"),
    ("The old prices for indium no longer apply.", "control_lifted"),
    ("Drivers no longer need a coat.", "control_lifted"),
    ("The town came back to life with the mine.", "control_reinstated"),
    ("The firm got through the winter.", "license_granted"),
    ("The holder of the office is Bosch.", "license_granted"),
    ("The bank cleared the payment for three suppliers.", "license_granted"),
    ("The firm denied that licences matter, the chamber says", "license_denied"),
    ("The ministry turned away from coal.", "license_denied"),
    ("The buyer refused the shipment of scandium.", "license_denied"),
    ("Drying times for the ore have lengthened to 60 days.", "license_delayed"),
    ("The letters of the poet have gone unanswered.", "license_delayed"),
    ("The player lost the right to the title.", "license_revoked"),
    ("The law rescinds permits of those who lie.", "license_revoked"),
    ("The lender extended the validity of the loan.", "license_renewed"),
    ("The town has sought a renewal of its center.", "license_applied"),
    ("The trader allotted 9,000 tonnes of ore to two buyers.", "quota_issued"),
    ("The club waived the fee for hospitals.", "exemption_granted"),
    ("A permit to dump tailings was refused.", "license_denied"),
    ("The chain's move to cheaper magnets took hold.", "ban_imposed"),
    ("A Swedish maker came away with a medal.", "license_granted"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), ABSENT)
def test_near_misses_are_not(text, kind):
    assert kind not in {pair.partition("/")[0] for pair in pairs(text)}


def test_phrases_are_well_formed():
    rows = read_table("event_phrases")["phrase"]
    assert len({row["id"] for row in rows}) == len(rows)
    for row in rows:
        assert row["kind"] in set(EventKind)
        for pattern in row["patterns"]:
            steps = pattern.split()
            assert steps[0] != "*"
            assert all(word == word.lower() for word in steps)
            assert "* *" not in pattern


def test_a_pronoun_for_a_license_of_the_sentence_before_does_no_harm():
    text = "Export licenses were discussed. In April China did not sell terbium; it licensed them."
    assert pairs(text) is not None

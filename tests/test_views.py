"""Views and macros on rows made by hand: what an analyst reads is what the rows say."""

from datetime import UTC, date, datetime

import duckdb
import pytest

from pipeline.store_migrations import migrate
from pipeline.store_read import query
from pipeline.store_reports import write_reports
from pipeline.store_statistics import write_statistics

_DEFAULTS = {
    "VARCHAR": "x", "INTEGER": 0, "BIGINT": 0, "DOUBLE": 0.5, "BOOLEAN": False, "DATE": None,
    "VARCHAR[]": [], "DATE[]": [], "TIMESTAMP WITH TIME ZONE": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip
_FIXED = {
    "modality": "asserted", "kind": "license_granted", "bound": "exact", "flow": "export",
    "basis": "month", "role": "level", "stage": "fetch", "reason": "http_error", "revision": 1,
    "link": "registry", "method": "http", "granularity": "day", "stance": "supports",
}  # fmt: skip


@pytest.fixture(scope="module")
def empty():
    with duckdb.connect(":memory:") as made:
        made.execute("SET TimeZone = 'UTC'")
        migrate(made)
        yield made


@pytest.fixture
def con(empty):
    empty.execute("BEGIN")
    yield empty
    empty.execute("ROLLBACK")


def put(con, table, **values):
    """Insert a row; what is not given gets a value that the table allows."""
    columns = con.execute(
        "SELECT column_name, data_type, is_nullable FROM duckdb_columns() WHERE table_name = ?",
        [table],
    ).fetchall()
    row = {
        name: _FIXED.get(name, _DEFAULTS[data_type])
        for name, data_type, is_nullable in columns
        if not is_nullable
    } | values
    marks = ", ".join("?" for _ in row)
    con.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def article(con, key, *, source="wire", published=None, owner=None, kind="news"):
    put(
        con,
        "article",
        article_id=key,
        url=f"http://{key}.example/",
        current_version_id=key,
        source=source,
    )
    put(
        con,
        "article_version",
        version_id=key,
        article_id=key,
        source=source,
        published_on=published,
        url=f"http://{key}.example/",
    )
    if not con.execute("FROM source WHERE source = ?", [source]).fetchone():
        put(con, "source", source=source, owner_group=owner, kind=kind)


def export(con, key, tonnes, **values):
    row = {
        "article_id": key, "version_id": key, "tonnes": tonnes, "text": f"{tonnes} t",
        "reporter": "China", "material": "rare earths", "period_start": date(2025, 11, 1),
        "period_end": date(2025, 12, 1),
    }  # fmt: skip
    put(con, "tonnage", **row | values)


def event(con, key, kind, day=None, **values):
    row = {
        "event_id": key, "kind": kind, "date_start": day, "authority": "China",
        "date_end": date.fromordinal(day.toordinal() + 1) if day else None,
        "date_precision": "day" if day else None, "best_mention_id": f"m-{key}",
        "known_from": datetime(2026, 1, 1, tzinfo=UTC), "known_to": None,
    }  # fmt: skip
    put(con, "timeline_event", **row | values)


def mention(con, key, of_event, version, *, parties=(), stance="supports", **values):
    put(
        con, "license_event", license_event_id=key, article_id=version, version_id=version, **values
    )
    put(
        con,
        "timeline_evidence",
        event_id=of_event,
        license_event_id=key,
        article_id=version,
        version_id=version,
        stance=stance,
        sentence=f"says {key}",
    )
    for role, name in parties:
        put(
            con,
            "license_event_party",
            license_event_id=key,
            version_id=version,
            role=role,
            name=name,
            company_id=name.lower(),
            is_firm=True,
        )


def rows(con, sql, *params):
    if "export_statistics" in sql:
        write_statistics(con)
    return con.execute(sql, list(params)).fetchall()


class TestExportStatistics:
    def test_the_figure_of_most_owners_wins_and_the_rest_stays_visible(self, con):
        for key, owner, tonnes in (("a", "g1", 5493.9), ("b", "g2", 5494.0), ("c", "g3", 5439.9)):
            article(con, key, source=f"s-{key}", owner=owner)
            export(con, key, tonnes)
        found = rows(
            con,
            "SELECT tonnes, source_count, figure_count, lowest, highest, spread_pct, other_figures FROM export_statistics",
        )
        assert found == [(5493.9, 2, 2, 5439.9, 5493.9, 1.0, [5439.9])]

    def test_one_owner_counts_once(self, con):
        for key, owner, tonnes in (
            ("a", "g1", 10.0),
            ("b", "g1", 10.0),
            ("c", "g2", 12.0),
            ("d", "g3", 12.0),
        ):
            article(con, key, source=f"s-{key}", owner=owner)
            export(con, key, tonnes)
        assert rows(con, "SELECT tonnes, source_count, article_count FROM export_statistics") == [
            (12.0, 2, 2)
        ]

    def test_an_exact_figure_beats_approximations_and_limits(self, con):
        for key, tonnes, bound in (
            ("a", 5000.0, "approx"),
            ("b", 5000.0, "approx"),
            ("c", 6000.0, "over"),
            ("d", 5493.9, "exact"),
        ):
            article(con, key, source=f"s-{key}")
            export(con, key, tonnes, bound=bound)
        assert rows(
            con, "SELECT tonnes, bound, lowest, highest, other_figures FROM export_statistics"
        ) == [(5493.9, "exact", 5493.9, 5493.9, [5000.0, 6000.0])]

    def test_the_issuer_beats_the_majority(self, con):
        for key, kind, tonnes in (
            ("a", "regulator", 10.0),
            ("b", "news", 11.0),
            ("c", "wire", 11.0),
        ):
            article(con, key, source=f"s-{key}", kind=kind)
            export(con, key, tonnes)
        assert rows(con, "SELECT tonnes FROM export_statistics") == [(10.0,)]

    @pytest.mark.parametrize(
        "values",
        [
            {"role": "change"},
            {"flow": "quota"},
            {"basis": "ytd"},
            {"reporter": None},
            {"period_end": date(2026, 1, 1)},
            {"period_start": None, "period_end": None},
        ],
    )
    def test_what_is_no_monthly_trade_is_left_out(self, con, values):
        article(con, "a")
        export(con, "a", 10.0, **values)
        assert rows(con, "FROM export_statistics") == []

    def test_an_old_text_does_not_count(self, con):
        article(con, "a")
        put(con, "article_version", version_id="a-old", article_id="a")
        export(con, "a", 10.0)
        export(con, "a-old", 99.0)
        assert rows(con, "SELECT tonnes, figure_count FROM export_statistics") == [(10.0, 1)]


_LISTS = {
    "licensee": "licensees", "beneficiary": "beneficiaries", "applicant": "applicants",
    "excluded": "excluded",
}  # fmt: skip


class TestCompanyStatus:
    def put_event(self, con, key, kind, day, role, **values):
        article(con, f"v-{key}", published=day)
        event(con, key, kind, day, **{_LISTS[role]: ["Firm"]}, **values)
        mention(con, f"m-{key}", key, f"v-{key}", parties=[(role, "Firm")], kind=kind)

    def status(self, con, day):
        return rows(con, "SELECT status, event_id FROM company_status(?)", day)

    def test_the_latest_event_up_to_the_day_decides(self, con):
        self.put_event(con, "e1", "license_applied", date(2025, 5, 1), "applicant")
        self.put_event(con, "e2", "license_granted", date(2025, 6, 1), "licensee")
        self.put_event(con, "e3", "license_revoked", date(2025, 9, 1), "licensee")
        assert self.status(con, date(2025, 4, 30)) == []
        assert self.status(con, date(2025, 5, 31)) == [("waits", "e1")]
        assert self.status(con, date(2025, 6, 1)) == [("holds", "e2")]
        assert self.status(con, date(2025, 12, 1)) == [("revoked", "e3")]
        assert rows(con, "SELECT status, evidence_count FROM company_status") == [("revoked", 1)]

    @pytest.mark.parametrize(
        ("kind", "role", "status"),
        [
            ("license_granted", "beneficiary", "served"),
            ("license_renewed", "licensee", "holds"),
            ("license_denied", "applicant", "refused"),
            ("license_delayed", "beneficiary", "waits"),
            ("license_excluded", "excluded", "excluded"),
            ("license_granted", "excluded", "excluded"),
            ("entity_listed", "excluded", "excluded"),
        ],
    )
    def test_kind_and_role_give_the_status(self, con, kind, role, status):
        self.put_event(con, "e1", kind, date(2025, 5, 1), role)
        assert self.status(con, date(2025, 5, 1)) == [(status, "e1")]

    def test_a_group_has_no_standing(self, con):
        event(con, "e1", "license_granted", date(2025, 5, 1), licensees=["its suppliers"])
        assert self.status(con, date(2025, 6, 1)) == []
        assert rows(con, "SELECT company, is_firm FROM company_events") == [
            ("its suppliers", False)
        ]

    def test_what_is_planned_does_not_count(self, con):
        self.put_event(
            con, "e1", "license_granted", date(2025, 5, 1), "licensee", modality="planned"
        )
        assert self.status(con, date(2026, 1, 1)) == []

    def test_a_month_counts_from_the_day_it_was_reported_on(self, con):
        self.put_event(
            con, "e1", "license_granted", date(2025, 12, 1), "licensee", date_end=date(2026, 1, 1),
            date_precision="month", first_reported_on=date(2025, 12, 11),
        )  # fmt: skip
        assert self.status(con, date(2025, 12, 10)) == []
        assert self.status(con, date(2025, 12, 11)) == [("holds", "e1")]


class TestTimelineOn:
    def on(self, con, day, known_at=datetime(2026, 2, 1, tzinfo=UTC)):
        return [
            row[0] for row in rows(con, "SELECT event_id FROM timeline_on(?, ?)", day, known_at)
        ]

    def test_a_measure_is_in_force_from_its_effective_day(self, con):
        event(con, "e1", "control_imposed", date(2025, 10, 9), effective_start=date(2025, 12, 1))
        assert self.on(con, date(2025, 11, 30)) == []
        assert self.on(con, date(2025, 12, 1)) == ["e1"]

    def test_a_suspension_of_the_same_instrument_ends_it(self, con):
        event(
            con, "e1", "control_imposed", date(2025, 10, 9), instrument="No. 61", material="magnets"
        )
        event(con, "e2", "control_suspended", date(2025, 11, 7), instrument="No. 61")
        assert self.on(con, date(2025, 11, 6)) == ["e1"]
        assert self.on(con, date(2025, 11, 7)) == []

    @pytest.mark.parametrize(
        "values",
        [
            {"instrument": "No. 62"},
            {"material": "gallium"},
            {"authority": "Japan"},
            {"destination": "Japan"},
            {"date_start": None, "first_reported_on": date(2025, 11, 7)},
            {"kind": "ban_lifted"},
            {"modality": "planned"},
            {"date_start": date(2025, 9, 1)},
        ],
    )
    def test_what_concerns_something_else_does_not_end_it(self, con, values):
        event(
            con, "e1", "control_imposed", date(2025, 10, 9), instrument="No. 61", material="magnets"
        )
        other = {
            "kind": "control_suspended",
            "material": "magnets",
            "date_start": date(2025, 11, 7),
        }
        merged = other | values
        event(con, "e2", merged.pop("kind"), merged.pop("date_start"), **merged)
        assert self.on(con, date(2025, 12, 1)) == ["e1"]

    def test_authority_and_goods_end_it_where_no_instrument_is_named(self, con):
        event(con, "e1", "ban_imposed", date(2024, 12, 3), material="gallium; germanium")
        event(
            con,
            "e2",
            "ban_lifted",
            date(2025, 11, 9),
            authority="Ministry of Commerce of China",
            material="gallium",
        )
        assert self.on(con, date(2025, 11, 8)) == ["e1"]
        assert self.on(con, date(2025, 11, 9)) == []

    def test_a_related_suspension_ends_it_until_it_runs_out(self, con):
        event(
            con,
            "e1",
            "control_imposed",
            date(2025, 10, 9),
            instrument="No. 61",
            effective_start=date(2025, 12, 1),
        )
        event(
            con,
            "e2",
            "control_suspended",
            date(2025, 11, 7),
            instrument="No. 70",
            suspended_until=date(2026, 11, 10),
        )
        put(
            con,
            "timeline_relation",
            event_id="e2",
            related_event_id="e1",
            relation="suspends",
            known_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
        assert self.on(con, date(2025, 12, 1)) == []
        assert self.on(con, date(2026, 11, 10)) == []
        assert self.on(con, date(2026, 11, 11)) == ["e1"]

    def test_an_amendment_ends_nothing(self, con):
        event(con, "e1", "control_imposed", date(2025, 10, 9), instrument="No. 61")
        event(con, "e2", "control_suspended", date(2025, 11, 7), instrument="No. 70")
        put(
            con,
            "timeline_relation",
            event_id="e2",
            related_event_id="e1",
            relation="amends",
            known_from=datetime(2026, 1, 1, tzinfo=UTC),
        )
        assert self.on(con, date(2025, 12, 1)) == ["e1"]

    def test_what_was_learned_later_does_not_count(self, con):
        learned = datetime(2026, 1, 15, tzinfo=UTC)
        event(con, "e1", "control_imposed", date(2025, 10, 9))
        event(con, "e2", "control_imposed", date(2025, 10, 9), known_from=learned)
        assert self.on(con, date(2025, 12, 1), datetime(2026, 1, 14, tzinfo=UTC)) == ["e1"]
        assert self.on(con, date(2025, 12, 1), learned) == ["e1", "e2"]


class TestReportedBy:
    def test_only_what_was_published_by_then_counts(self, con):
        event(con, "e1", "license_granted", date(2025, 12, 2))
        for key, owner, published, day, firm in (
            ("a", "g1", date(2025, 12, 2), None, "One"),
            ("b", "g1", date(2025, 12, 3), date(2025, 12, 1), "One"),
            ("c", "g2", date(2025, 12, 9), date(2025, 12, 2), "Two"),
            ("d", "g3", date(2025, 12, 9), date(2025, 12, 2), "Two"),
        ):
            article(con, key, source=f"s-{key}", owner=owner, published=published)
            mention(
                con,
                f"m-{key}",
                "e1",
                key,
                parties=[("licensee", firm)],
                date_start=day,
                date_precision="day" if day else None,
            )
        write_reports(con, ["e1"])
        sql = "SELECT date_start, licensees, article_count, source_count, evidence FROM timeline_reported_by(?)"
        assert rows(con, sql, date(2025, 12, 1)) == []
        assert rows(con, sql, date(2025, 12, 2)) == [(None, ["One"], 1, 1, "says m-a")]
        assert rows(con, sql, date(2025, 12, 3)) == [(date(2025, 12, 1), ["One"], 2, 1, "says m-a")]
        assert rows(con, sql, date(2025, 12, 9)) == [
            (date(2025, 12, 2), ["One", "Two"], 4, 3, "says m-a")
        ]

    def test_a_denial_is_counted_apart(self, con):
        event(con, "e1", "license_granted", date(2025, 12, 2), licensees=["One"])
        for key, stance in (("a", "supports"), ("b", "contradicts")):
            article(con, key, published=date(2025, 12, 2))
            mention(con, f"m-{key}", "e1", key, parties=[("licensee", "One")], stance=stance)
        write_reports(con, ["e1"])
        sql = "SELECT article_count, denial_count FROM timeline_reported_by(?)"
        assert rows(con, sql, date(2025, 12, 2)) == [(1, 1)]
        assert rows(con, "SELECT evidence_count FROM company_status") == [(1,)]

    def test_it_ends_where_the_timeline_is(self, demo):
        found = query(
            demo,
            "SELECT r.event_id, r.article_count, t.article_count AS known, r.date_start, t.date_start AS day "
            "FROM timeline_reported_by(DATE '2100-01-01') AS r JOIN timeline AS t USING (event_id) "
            "WHERE t.first_reported_on IS NOT NULL AND t.date_basis IS DISTINCT FROM 'effect'",
        )
        dated = query(demo, "SELECT event_id FROM evidence WHERE published_on IS NULL")
        whole = found[~found["event_id"].isin(dated["event_id"])]
        assert len(whole) > 20
        assert (whole["article_count"] == whole["known"]).all()
        # The rule of the canonical date is written twice, in Python and here: they agree.
        assert [row for row in whole.itertuples() if row.date_start != row.day] == []


def test_event_history_names_what_changed(con):
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    event(con, "e1", "license_granted", date(2025, 12, 2), known_to=second, article_count=1)
    event(
        con,
        "e1",
        "license_granted",
        date(2025, 12, 2),
        revision=2,
        known_from=second,
        article_count=2,
        licensees=["One"],
    )
    event(con, "e2", "license_granted", date(2025, 12, 2))
    found = rows(con, "SELECT revision, changed, known_from FROM event_history('e1')")
    assert found == [(1, [], first), (2, ["licensees", "article_count"], second)]


def test_as_of_shows_each_state_and_the_timeline_the_last(con):
    first, second = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    event(con, "e1", "license_granted", date(2025, 12, 2), known_to=second)
    event(con, "e1", "license_granted", date(2025, 12, 2), revision=2, known_from=second)
    event(con, "e2", "license_denied", known_from=first, known_to=second)
    sql = "SELECT event_id, revision FROM timeline_as_of(?) ORDER BY ALL"
    assert rows(con, sql, datetime(2025, 12, 31, tzinfo=UTC)) == []
    assert rows(con, sql, first) == [("e1", 1), ("e2", 1)]
    assert rows(con, sql, second) == [("e1", 2)]
    assert rows(con, "SELECT event_id, revision FROM timeline") == [("e1", 2)]


def test_source_health_counts_and_compares(con):
    article(con, "a", source="loud", published=date(2025, 12, 20))
    article(con, "b", source="quiet", published=date(2025, 12, 1))
    put(con, "source", source="silent", kind="news")
    put(con, "rejection", rejection_id="r1", source="quiet", reason="paywall")
    put(con, "rejection", rejection_id="r2", source="quiet", reason="paywall")
    put(con, "rejection", rejection_id="r3", source="quiet", reason="http_error")
    found = rows(
        con, "SELECT source, articles, rejections, main_reason, quiet_days FROM source_health"
    )
    assert found == [
        ("loud", 1, 0, None, 0),
        ("quiet", 1, 3, "paywall", 19),
        ("silent", 0, 0, None, None),
    ]


def test_coverage_adds_up(demo):
    total = query(
        demo, "SELECT sum(articles) AS a, sum(facts) AS f, sum(rejections) AS r FROM coverage"
    ).iloc[0]
    counted = query(
        demo,
        "SELECT (SELECT count(*) FROM article) AS a, (SELECT count(*) FROM rejection) AS r, "
        "(SELECT count(*) FROM tonnages) + (SELECT count(*) FROM percentages) + "
        "(SELECT count(*) FROM license_events) + (SELECT count(*) FROM company_mentions) + "
        "(SELECT count(*) FROM date_mention JOIN article ON current_version_id = version_id) AS f",
    ).iloc[0]
    assert (int(total["a"]), int(total["f"]), int(total["r"])) == (
        counted["a"],
        counted["f"],
        counted["r"],
    )


def test_sentence_of_holds_the_fact(demo):
    found = query(
        demo, "SELECT evidence, sentence_of(version_id, char_start) AS sentence FROM tonnages"
    )
    assert len(found) > 20
    assert all(row.evidence in row.sentence for row in found.itertuples())


def test_november_exports_of_the_newsroom(demo):
    found = query(
        demo,
        "SELECT tonnes, source_count FROM export_statistics WHERE reporter = 'China' AND flow = 'export' "
        "AND material = 'rare earths' AND month = DATE '2025-11-01' AND partner IS NULL",
    )
    assert found["tonnes"].tolist() == [5493.9]
    assert found["source_count"].tolist()[0] >= 2

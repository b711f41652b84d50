"""The report in a real Chromium, opened from disk, as an analyst uses it."""

from datetime import date

import pytest
from browser import NARROW, WIDE, Opened, chromium, missing
from reports import DENIED, GAP, HOSTILE, LONG, REVISED, RUNS, SCRIPT, changed_copy

from pipeline.report import write_report
from pipeline.settings import Settings
from pipeline.store import Store
from pipeline.store_read import query

pytestmark = pytest.mark.skipif(missing() is not None, reason=str(missing()))

TODAY = date(2026, 3, 3)
_COUNT = "SELECT count(*) AS n FROM "


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def altered(demo, tmp_path_factory):
    """The demo with all that the report has a look of its own for, and its report."""
    folder = tmp_path_factory.mktemp("altered")
    settings = changed_copy(demo, folder, *DENIED, *REVISED, *GAP, *RUNS)
    return settings, write_report(settings, today=TODAY)


@pytest.fixture(scope="module")
def page_file(demo, tmp_path_factory):
    return write_report(demo, today=TODAY, target=tmp_path_factory.mktemp("out") / "report.html")


@pytest.fixture
def open_page(browser, page_file):
    opened = []

    def start(file=page_file, **options):
        opened.append(Opened(browser, file, **options))
        return opened[-1]

    yield start
    for one in opened:
        one.page.close()
        assert not one.trouble


@pytest.fixture(scope="module")
def shared_pages(browser):
    """Pages that are loaded once, by file."""
    opened = {}

    def get(file):
        if file not in opened:
            opened[file] = Opened(browser, file)
        return opened[file]

    yield get
    for one in opened.values():
        one.page.close()


def shared(pages, file):
    view = pages(file)
    view.reset()
    yield view
    assert not view.trouble


@pytest.fixture
def view(shared_pages, page_file):
    """The page of the demo, as it is when all dates are shown."""
    yield from shared(shared_pages, page_file)


@pytest.fixture
def altered_view(shared_pages, altered):
    """The page of the altered demo, likewise."""
    yield from shared(shared_pages, altered[1])


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["1440", "375"])
def test_it_opens_without_errors_requests_sideways_scrolling_or_what_axe_calls_serious(
    open_page, altered, size, theme
):
    view = open_page(altered[1], size=size, theme=theme)
    assert view.width() == size[0]
    for chart in ("timeline", "exports", "changes", "confidence"):
        assert view.page.locator(f"#{chart}-chart svg").count() == 1
    ground = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 23, 26)"}[theme]
    view.page.locator(".option").first.click()
    assert view.page.is_visible("#evidence")
    assert view.width() == size[0]
    for details in view.page.locator(".sql details").all()[:2]:
        details.evaluate("one => { one.open = true; }")
    # Only colors differ between the themes.
    assert not serious(view.page, rules=("color-contrast",) if theme == "dark" else ())


def serious(page, rules=()):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="no axe package")
    options = {"resultTypes": ["violations"]}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    return [
        (rule["id"], [node["target"] for node in rule["nodes"]][:4])
        for rule in axe.Axe().run(page, options=options).response["violations"]
        if rule["impact"] in {"serious", "critical"}
    ]


def test_charts_are_as_wide_as_their_places(view):
    widths = (
        "[...document.querySelectorAll('.chart')].map(one => "
        "[one.clientWidth, one.querySelector('svg').getBoundingClientRect().width])"
    )
    for size in (NARROW, WIDE):
        view.page.set_viewport_size({"width": size[0], "height": size[1]})
        view.page.wait_for_timeout(400)
        assert all(place == drawn for place, drawn in view.page.evaluate(widths))


def test_the_grid_of_runs_shows_the_newest_days_and_keeps_the_names_in_sight(open_page, altered):
    view = open_page(altered[1], size=NARROW)
    grid = view.page.locator(".runs").first
    inside = "one => one.getBoundingClientRect()"
    frame, newest = grid.evaluate(inside), grid.locator("thead th").last.evaluate(inside)
    assert frame["left"] <= newest["left"] < newest["right"] <= frame["right"] + 1
    for left in (0, 200):
        grid.evaluate("(one, left) => { one.scrollLeft = left; }", left)
        assert grid.locator("tbody th").first.evaluate(inside)["left"] == frame["left"]
    assert grid.get_attribute("tabindex") == "0"
    failed = grid.locator("td:has(.failed)").first
    assert "fetch failed" in failed.text_content()
    assert failed.locator(".failed").text_content() == "F"


def test_filters_and_search_change_the_list_and_the_chart(view, demo):
    view.all_dates()
    everything = query(demo, _COUNT + "timeline")["n"][0]
    assert view.shown() == everything
    assert view.page.get_attribute(".option", "aria-setsize") == str(everything)
    assert view.marks().count() == everything

    def expect(selector, value, where):
        if selector == "#filter-text":
            view.page.fill(selector, value)
            view.page.wait_for_timeout(150)
        else:
            view.page.select_option(selector, value)
        wanted = query(demo, f"{_COUNT} timeline WHERE {where}")["n"][0]
        assert view.shown() == wanted > 0
        assert view.marks().count() == wanted
        view.page.click("#clear")
        assert view.shown() == everything

    expect("#filter-kind", "license_granted", "kind = 'license_granted'")
    expect("#filter-kind", "group entity", "kind IN ('entity_listed', 'entity_delisted')")
    expect("#filter-authority", "Vietnam", "authority = 'Vietnam'")
    expect("#filter-destination", "Japan", "destination = 'Japan'")
    expect("#filter-material", "gallium", "list_contains(string_split(material, '; '), 'gallium')")
    firm = "Ningbo Yunsheng Co., Ltd."
    expect("#filter-company", firm, f"list_contains(licensees, '{firm}')")
    expect(
        "#filter-text",
        "WATCH subaru",
        "contains(lower(summary), 'subaru') AND contains(lower(summary), 'watch')",
    )


def test_dates_filter_and_an_empty_result_says_so(view, demo):
    view.page.fill("#filter-from", "2025-10-01")
    view.page.fill("#filter-to", "2025-10-31")
    wanted = query(
        demo,
        f"{_COUNT} timeline WHERE coalesce(date_start, first_reported_on) <= DATE '2025-10-31' "
        "AND coalesce(date_end - 1, date_start, first_reported_on) >= DATE '2025-10-01'",
    )["n"][0]
    assert view.shown() == wanted > 0
    view.page.fill("#filter-text", "no such words anywhere")
    view.page.wait_for_selector("#list-empty:not([hidden])")
    assert not view.page.is_visible("#event-list")
    view.page.click("#clear")
    assert view.page.is_visible("#event-list")


def test_lanes_switch_between_authority_and_material(view):
    assert view.page.locator("#timeline-chart text", has_text="Vietnam · 2").count() == 1
    view.page.check("input[name=lanes][value=material]")
    assert view.page.locator("#timeline-chart text", has_text="Vietnam · 2").count() == 0
    assert view.page.locator("#timeline-chart text", has_text="rare earths · ").count() == 1


def test_an_agency_is_on_the_lane_of_its_country_and_keeps_its_name(view, demo):
    agency = "Ministry of Commerce of China"
    both = query(demo, f"{_COUNT} timeline WHERE authority IN ('China', '{agency}')")["n"][0]
    lanes = view.page.locator("#timeline-chart text")
    assert lanes.filter(has_text=f"China · {both}").count() == 1
    assert lanes.filter(has_text=agency).count() == 0
    view.page.select_option("#filter-authority", agency)
    assert 0 < view.shown() < both
    assert lanes.filter(has_text=f"China · {view.shown()}").count() == 1
    view.page.locator(".option").first.click()
    assert agency in view.page.inner_text("#evidence-body .facts")


def test_a_click_on_a_mark_opens_its_sentences_with_facts_marked(view, demo):
    event = query(
        demo,
        "SELECT event_id, summary, strftime(other_dates[1], '%-d %b %Y') AS other FROM timeline "
        "WHERE kind = 'license_granted' AND summary LIKE '%Ningbo Yunsheng%' "
        "ORDER BY len(other_dates) DESC, source_count DESC, event_id LIMIT 1",
    ).iloc[0]
    view.all_dates()
    view.page.fill("#filter-text", event["summary"])
    view.page.wait_for_timeout(150)
    view.marks().first.hover()
    assert event["summary"] in view.page.inner_text("#tip")
    view.marks().first.click()
    rows = query(
        demo,
        "SELECT sentence, mention, url FROM evidence WHERE event_id = $id AND stance = 'supports'",
        {"id": event["event_id"]},
    )
    quotes = view.page.locator("#evidence blockquote").all_text_contents()
    assert len(quotes) == len(set(quotes))
    assert set(quotes) == set(rows["sentence"])
    first = view.page.locator("#evidence .quote").first
    sentence = first.locator("blockquote").text_content()
    mention = "".join(first.locator(".mention").all_text_contents())
    mentions = {(row.sentence, row.mention) for row in rows.itertuples()}
    assert (sentence, mention) in mentions
    assert first.locator("a").get_attribute("href") in set(rows["url"])
    assert view.page.locator("#evidence .fact-company").count() >= 3
    assert f"others give {event['other']}" in view.page.inner_text("#evidence .warn")


def test_denials_stand_apart_and_marks_count_characters(altered, altered_view):
    settings, view = altered[0], altered_view
    event = query(settings, "FROM timeline WHERE denial_count = 1 LIMIT 1").iloc[0]
    (denial,) = query(
        settings,
        "SELECT DISTINCT sentence FROM evidence WHERE event_id = $id AND stance = 'contradicts'",
        {"id": event["event_id"]},
    )["sentence"]
    view.page.fill("#filter-text", event["summary"])
    view.page.wait_for_timeout(150)
    view.page.locator(".option").first.click()
    assert "1 article says that it did not happen" in view.page.inner_text("#evidence .warn")
    assert view.page.locator("h3:has-text('Says otherwise') + figure").count() == 1
    quote = view.page.locator("h3:has-text('Says otherwise') + figure blockquote")
    assert quote.text_content() == denial
    assert denial.startswith("\U0001f600")
    mentions = query(settings, "SELECT mention FROM evidence WHERE sentence = $1", [denial])
    marked = "".join(quote.locator(".mention").all_text_contents())
    assert marked[1:] in {mention[1:] for mention in mentions["mention"]}


def test_related_events_open_one_another(view):
    view.page.fill("#filter-text", "Announcement No. 57")
    view.page.wait_for_timeout(150)
    view.page.locator(".option").first.click()
    title = view.page.inner_text("#evidence-title")
    view.page.locator("#evidence-body button").first.click()
    assert view.page.inner_text("#evidence-title") != title


def test_the_keyboard_walks_opens_and_closes(open_page):
    view = open_page()
    view.page.keyboard.press("Tab")
    assert view.page.evaluate("document.activeElement.className") == "skip"
    view.page.focus("#event-list")
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown"):
        view.page.keyboard.press(key)
    assert view.page.get_attribute("#event-list", "aria-activedescendant") == "event-1"
    view.page.keyboard.press("Enter")
    assert view.page.inner_text("#evidence-title") == view.page.inner_text("#event-1 .what")
    assert view.page.evaluate("document.activeElement.id") == "evidence-title"
    view.page.keyboard.press("Escape")
    assert not view.page.is_visible("#evidence")
    assert view.page.evaluate("document.activeElement.id") == "event-list"
    view.page.keyboard.press("End")
    last = view.shown() - 1
    assert view.page.get_attribute("#event-list", "aria-activedescendant") == f"event-{last}"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert view.page.evaluate(outline) == "solid"


def test_the_slider_rewinds_what_the_press_had_reported(view, demo):
    view.all_dates()
    days = query(
        demo, "SELECT DISTINCT published_on AS day FROM evidence WHERE day IS NOT NULL ORDER BY day"
    )["day"].tolist()
    for index in (0, len(days) // 2, len(days) - 2):
        view.slide(index)
        wanted = query(demo, f"{_COUNT} timeline_reported_by(DATE '{days[index]}')")["n"][0]
        assert view.shown() == wanted
    later = query(
        demo, "SELECT summary FROM timeline WHERE first_reported_on > DATE '2025-12-01' LIMIT 1"
    )["summary"][0]
    view.slide(next(i for i, day in enumerate(days) if day > date(2025, 11, 25)))
    view.page.fill("#filter-text", later)
    view.page.wait_for_selector("#list-empty:not([hidden])")
    view.slide(len(days) - 1)
    assert view.page.inner_text("#as-of-text") == "latest"
    assert view.shown() >= 1


def test_the_slider_rewinds_what_the_database_had_loaded(altered, altered_view):
    settings, view = altered[0], altered_view
    view.page.check("input[name=as-of-mode][value=loaded]")
    view.all_dates()
    for index, at in ((0, "2026-03-31 09:00"), (1, "2026-04-01 09:00"), (2, "2026-04-02 09:00")):
        view.slide(index)
        known = query(settings, f"FROM timeline_as_of(TIMESTAMPTZ '{at}:00+00')")
        assert view.shown() == len(known)
        if index == 0:
            assert view.page.inner_text(".option .what") == "Known otherwise before"
    view.page.fill("#filter-text", "Known otherwise before")
    view.page.wait_for_selector("#list-empty:not([hidden])")


def test_text_of_a_hostile_article_is_shown_and_runs_nothing(open_page, demo, tmp_path):
    settings = changed_copy(demo, tmp_path, *HOSTILE)
    view = open_page(write_report(settings, today=TODAY), size=NARROW)
    view.all_dates()
    view.page.locator(".option").first.click()
    assert SCRIPT in view.page.locator("#evidence-title").text_content()
    assert LONG in view.page.locator("#evidence .clamp").first.text_content()
    assert SCRIPT in view.page.locator("#evidence blockquote").first.text_content()
    assert SCRIPT in view.page.locator(".case").first.text_content()
    assert view.page.evaluate("window.hacked === undefined")
    assert view.page.locator("a[href^=javascript]").count() == 0
    assert view.page.locator("img").count() == 0
    assert view.width() == NARROW[0]
    view.page.keyboard.press("Escape")
    view.page.click("#filters summary")
    view.page.select_option("#filter-authority", SCRIPT)
    assert view.shown() > 10


def test_paper_gets_all_events_and_no_controls(view, demo):
    view.all_dates()
    view.page.emulate_media(media="print", color_scheme="dark")
    view.page.wait_for_selector("#printed-list li")
    everything = query(demo, _COUNT + "timeline")["n"][0]
    assert view.page.locator("#printed-list li").count() == everything
    for selector in ("#filters", ".bar", "#event-list", ".sql", "#evidence"):
        assert not view.page.locator(selector).first.is_visible()
    ink = view.page.evaluate("getComputedStyle(document.body).color")
    assert ink == "rgb(21, 25, 29)"
    assert view.page.pdf()[:5] == b"%PDF-"


def test_exports_show_missing_months_and_follow_the_choice(altered_view):
    view = altered_view
    assert view.page.locator("#exports-table tr.missing").count() > 0
    crosses = view.page.locator("#exports-chart text", has_text="×").count()
    assert crosses == view.page.locator("#exports-table tr.missing").count()
    view.page.select_option("#exports-material", "rare earths")
    rows = view.page.locator("#exports-table tbody tr:visible")
    assert set(rows.locator("td:nth-child(2)").all_text_contents()) == {"rare earths"}
    assert view.page.locator("#exports-legend li").count() == 1


def test_the_theme_can_be_chosen(view):
    for name in ("light", "dark", "auto"):
        view.page.click("#theme")
        assert view.page.inner_text("#theme-name") == name
        ground = view.page.evaluate("getComputedStyle(document.body).backgroundColor")
        assert (ground == "rgb(20, 23, 26)") == (name == "dark")


def test_an_empty_snapshot_opens_too(open_page, tmp_path):
    settings = Settings(data=tmp_path, lock_wait_s=5.0)
    settings.prepare()
    with Store(settings):
        pass
    view = open_page(write_report(settings))
    assert view.count() == "0 events"
    assert view.page.is_visible("#list-empty")

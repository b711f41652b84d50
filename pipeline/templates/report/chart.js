/* The timeline chart: places events on lanes, and hands the places to Vega. */
const views = {};
const MOST_MARKS = 1200; // beyond it single marks cover each other: counts are shown instead
const MOST_LANES = 8;
const LOG_ERRORS = 1; // Vega warns of every layer that happens to be empty
const PITCH = 15;
const HEAD = 24;

/* Draws a chart with its first data: Vega complains about scales without any. */
async function draw(id, data, { height = null, signals = {} } = {}) {
  const options = { actions: false, renderer: "svg", ast: true, defaultStyle: false, hover: false, tooltip: showTip, logLevel: LOG_ERRORS };
  const spec = { ...page.charts[id], datasets: data, width: widthOf(id) };
  if (height) spec.height = height;
  spec.params = (spec.params || []).map((param) => ({ ...param, value: signals[param.name] ?? param.value }));
  const { view } = await vegaEmbed(byId(id), spec, options);
  views[id] = view;
  byId(id).querySelector("svg").setAttribute("aria-hidden", "true"); // the place itself has role and name
  let drawn = spec.width; // not view.width(), which is the plot's without its axes
  new ResizeObserver(() => {
    if (byId(id).clientWidth === 0 || drawn === widthOf(id)) return;
    drawn = widthOf(id);
    if (id === "timeline-chart") drawTimeline();
    else view.width(widthOf(id)).runAsync();
  }).observe(byId(id));
  return view;
}

const widthOf = (id) => Math.max(240, byId(id).clientWidth);

const tip = byId("tip");
const tipTexts = { "timeline-chart": timelineTip, "exports-chart": exportsTip, "changes-chart": changesTip, "confidence-chart": confidenceTip };

function showTip(handler, event, item, value) {
  const chart = event.target.closest ? event.target.closest(".chart") : null;
  if (!item || value === null || value === undefined || !chart) {
    tip.hidden = true;
    return;
  }
  tip.replaceChildren(...tipTexts[chart.id](item.datum));
  tip.hidden = false;
  const left = Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8);
  const below = event.clientY + 16;
  const fitsBelow = below + tip.offsetHeight < window.innerHeight;
  tip.style.left = `${Math.max(8, left)}px`;
  tip.style.top = `${fitsBelow ? below : event.clientY - tip.offsetHeight - 12}px`;
}

function timelineTip(datum) {
  if (datum.count) {
    return [el("strong", {}, counted(datum.count, "event")), `${datum.when}, ${datum.groupLabel.toLowerCase()}. Click to zoom in.`];
  }
  const event = knownEvent(datum.id);
  if (!event) return [];
  return [el("strong", {}, event.summary), `${showWhen(event)} · ${aboutText(event)}`];
}

function aboutText(event) {
  const parts = [words(event.kind), CERTAINTY[event.modality].label, counted(event.source_count, "independent source")];
  if (event.confidence !== null) parts.push(`confidence ${event.confidence.toFixed(2)}`);
  return parts.join(" · ");
}

const laneMode = () => document.querySelector("input[name=lanes]:checked").value;

/* An agency acts for its country: both are one lane. */
const countryOf = (authority) => (Object.hasOwn(page.countries, authority || "") ? page.countries[authority] : authority);

function laneKeys(event, mode) {
  if (mode === "authority") return [countryOf(event.authority) || "Authority not named"];
  const goods = goodsOf(event);
  return goods.length ? goods : ["Goods not named"];
}

/* Lane -> its events; the lanes with the fewest share one. */
function lanesOf(shown, mode) {
  const lanes = new Map();
  for (const event of shown) {
    for (const key of laneKeys(event, mode)) {
      if (lanes.has(key)) lanes.get(key).add(event);
      else lanes.set(key, new Set([event]));
    }
  }
  const ordered = [...lanes].sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1));
  if (ordered.length <= MOST_LANES) return ordered;
  const rest = new Set(ordered.slice(MOST_LANES - 1).flatMap((lane) => [...lane[1]]));
  return [...ordered.slice(0, MOST_LANES - 1), [mode === "authority" ? "Other authorities" : "Other goods", rest]];
}

/* Marks side by side as long as they do not touch, one row lower where they would. */
function dodge(events, place) {
  const ends = [];
  return [...events]
    .sort((a, b) => a.at - b.at)
    .map((event) => {
      const x = place(event.at);
      let row = ends.findIndex((end) => x - end >= 15);
      if (row < 0) row = ends.length < 24 ? ends.length : ends.indexOf(Math.min(...ends));
      ends[row] = Math.max(x, place(event.until));
      return { event, row };
    });
}

function singleMark({ event, row }, top) {
  const how = CERTAINTY[event.modality] || CERTAINTY.asserted;
  return {
    id: event.event_id, at: event.at, until: event.until, y: top + HEAD + 8 + row * PITCH,
    group: event.group, shape: page.groups[event.group].shape, size: 110, fill: how.fill, dashed: how.dashed,
  };
}

/* Counts a lane, a stretch of time and a group of kinds. */
function countMarks(events, top, range, width) {
  const step = (range.last - range.first) / Math.max(1, Math.floor(width / 28));
  const bins = new Map();
  for (const event of events) {
    const bin = Math.floor((event.at - range.first) / step);
    const key = `${bin} ${event.group}`;
    if (bins.has(key)) bins.get(key).count += 1;
    else bins.set(key, { bin, group: event.group, count: 1 });
  }
  const groups = Object.keys(page.groups).filter((group) => events.some((event) => event.group === group));
  const most = Math.max(...[...bins.values()].map((mark) => mark.count));
  const marks = [...bins.values()].map((mark) => {
    const from = range.first + mark.bin * step;
    const at = from + step / 2;
    return {
      id: "", at, until: at, from, to: from + step, y: top + HEAD + 9 + groups.indexOf(mark.group) * 19,
      group: mark.group, groupLabel: page.groups[mark.group].label, shape: page.groups[mark.group].shape,
      size: 18 + 230 * (mark.count / most), fill: 0.75, dashed: false, count: mark.count,
      when: `${showDay(isoDay(from))} to ${showDay(isoDay(from + step))}`,
    };
  });
  return { marks, height: HEAD + groups.length * 19 + 10 };
}

function timeRange(shown, state) {
  const ats = shown.filter((event) => event.at !== null);
  let first = ats.reduce((least, event) => Math.min(least, event.at), Infinity);
  let last = ats.reduce((most, event) => Math.max(most, event.until), -Infinity);
  if (state.from) first = Math.max(ms(state.from), Math.min(first, ms(state.from)));
  if (state.to) last = Math.min(last, ms(state.to));
  if (!(first < last)) [first, last] = [first - 15 * DAY_MS, first + 15 * DAY_MS];
  if (!Number.isFinite(first)) [first, last] = [ms(page.today) - 365 * DAY_MS, ms(page.today)];
  const pad = (last - first) * 0.025;
  return { first: first - pad, last: last + pad };
}

function layout(shown, state, width) {
  const range = timeRange(shown, state);
  const place = (time) => ((time - range.first) / (range.last - range.first)) * width;
  const dated = shown.filter((event) => event.at !== null);
  const byCount = dated.length > MOST_MARKS;
  const marks = [];
  const lanes = [];
  let top = 0;
  for (const [label, events] of lanesOf(dated, laneMode())) {
    lanes.push({ top, label: `${label} · ${events.size.toLocaleString("en")}` });
    if (byCount) {
      const counts = countMarks([...events], top, range, width);
      marks.push(...counts.marks);
      top += counts.height;
    } else {
      const placed = dodge(events, place);
      for (const one of placed) marks.push(singleMark(one, top));
      top += HEAD + (1 + placed.reduce((most, one) => Math.max(most, one.row), 0)) * PITCH + 10;
    }
  }
  return { range, marks, lanes, height: Math.max(top, 60), byCount };
}

let current = { shown: [], state: null };
let selectedId = "";

function planTimeline() {
  const plan = layout(current.shown, current.state, widthOf("timeline-chart"));
  const moment = asOf ? ms(asOf.at.slice(0, 10)) : ms(page.today);
  const data = { lanes: plan.lanes, marks: plan.marks, moments: [{ at: moment }] };
  const signals = { first: plan.range.first, last: plan.range.last, selected: selectedId };
  byId("chart-note").hidden = !plan.byCount;
  const what = `${counted(current.shown.length, "event")} on ${counted(plan.lanes.length, "lane")}`;
  byId("timeline-chart").setAttribute("aria-label", `Timeline chart, ${what}. The list below holds the same events.`);
  byId("timeline-chart").hidden = plan.marks.length === 0;
  return { data, signals, height: plan.height };
}

function drawTimeline() {
  const view = views["timeline-chart"];
  if (!view || !current.state) return;
  const plan = planTimeline();
  view.width(widthOf("timeline-chart")).height(plan.height);
  for (const [name, value] of Object.entries(plan.signals)) view.signal(name, value);
  for (const [name, rows] of Object.entries(plan.data)) view.data(name, rows);
  view.run();
}

function markSelected(id) {
  selectedId = id || "";
  const view = views["timeline-chart"];
  if (view) view.signal("selected", selectedId).run();
}

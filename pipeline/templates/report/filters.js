/* The filters of the timeline: one state that the chart and the list both follow. */
const PARTIES = ["licensees", "beneficiaries", "applicants", "excluded"];
const goodsOf = (event) => (event.material ? event.material.split("; ") : []);
const partiesOf = (event) => PARTIES.flatMap((role) => event[role]);
const FIELDS = ["text", "kind", "company", "material", "authority", "destination", "from", "to"];
const PRESETS = [1, 2, 5];

let known = knownEvents();
const haystacks = new Map();

function haystack(event) {
  let text = haystacks.get(event.event_id);
  if (text === undefined) {
    const said = (evidenceOf.get(event.event_id) || []).flatMap((row) => [row.sentence, row.title, row.source]);
    const parts = [event.summary, event.kind, event.authority, event.material, event.instrument, event.destination];
    text = [...parts, words(event.kind), ...partiesOf(event), ...said].filter((part) => part).join("\n").toLowerCase();
    haystacks.set(event.event_id, text);
  }
  return text;
}

function fillSelect(id, values) {
  byId(id).append(...values.map((value) => el("option", { value }, value)));
}

function fillFilters() {
  const all = known;
  const kinds = grouped(sortedSet(all.map((event) => event.kind)), (kind) => page.kinds[kind] || "rules");
  for (const group of Object.keys(page.groups)) {
    if (!kinds.has(group)) continue;
    const options = kinds.get(group).map((kind) => el("option", { value: kind }, words(kind)));
    const whole = el("option", { value: `group ${group}` }, `All: ${page.groups[group].label.toLowerCase()}`);
    const head = options.length > 1 ? [whole, ...options] : options;
    byId("filter-kind").append(el("optgroup", { label: page.groups[group].label }, ...head));
  }
  fillSelect("filter-company", sortedSet(all.flatMap(partiesOf)));
  fillSelect("filter-material", sortedSet(all.flatMap(goodsOf)));
  fillSelect("filter-authority", sortedSet(all.map((event) => event.authority)));
  fillSelect("filter-destination", sortedSet(all.map((event) => event.destination)));
}

function readFilters() {
  const state = Object.fromEntries(FIELDS.map((name) => [name, byId(`filter-${name}`).value.trim()]));
  state.terms = state.text.toLowerCase().split(/\s+/).filter((term) => term);
  state.fromMs = state.from ? ms(state.from) : -Infinity;
  state.toMs = state.to ? ms(state.to) : Infinity;
  return state;
}

function fits(event, state) {
  if (state.kind && state.kind !== event.kind && state.kind !== `group ${event.group}`) return false;
  if (state.authority && state.authority !== event.authority) return false;
  if (state.destination && state.destination !== event.destination) return false;
  if (state.material && !goodsOf(event).includes(state.material)) return false;
  if (state.company && !partiesOf(event).includes(state.company)) return false;
  return state.terms.every((term) => haystack(event).includes(term));
}

const inDates = (event, state) => event.at !== null && event.at <= state.toMs && event.until >= state.fromMs;

/* The events that fit, and how many more would without the dates. */
function filtered() {
  const state = readFilters();
  const fitting = known.filter((event) => fits(event, state));
  const hasDates = state.from || state.to;
  const shown = hasDates ? fitting.filter((event) => inDates(event, state)) : fitting;
  return { shown, outside: fitting.length - shown.length, state };
}

const newest = () => known.reduce((last, event) => Math.max(last, event.at), 0);

function setYears(years) {
  byId("filter-to").value = "";
  byId("filter-from").value = years ? isoDay(newest() - years * 365.25 * DAY_MS) : "";
}

/* The shortest preset that keeps four fifths of the events: one act of long ago must not squeeze
   the rest into a corner. */
function firstYears() {
  const last = newest();
  const share = (years) =>
    known.filter((event) => event.at >= last - years * 365.25 * DAY_MS).length / Math.max(1, known.length);
  if (share(10) === 1 && share(5) === 1) return share(2) === 1 ? 0 : 5;
  return PRESETS.find((years) => share(years) >= 0.8) || 0;
}

function clearFilters() {
  for (const name of FIELDS) byId(`filter-${name}`).value = "";
}

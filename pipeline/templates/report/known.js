/* What was known when: the events, sentences and relations of an instant or of a day. */
const revisionsOf = grouped(records("timeline"), (row) => row.event_id);
const statesOf = grouped(records("reported"), (row) => row.event_id);
const evidenceOf = grouped(records("evidence"), (row) => row.event_id);
const marksOf = grouped(records("marks"), (row) => `${row.version_id} ${row.sentence_start}`);
const relations = records("relations");

/* null: the latest; {mode: "reported", at: day}: what the press had; {mode: "loaded", at: instant}:
   what this database had. */
let asOf = null;

const sortedSet = (values) => [...new Set(values)].filter((value) => value).sort();
const stops = {
  reported: sortedSet(records("evidence").map((row) => row.published_on)),
  loaded: sortedSet(records("timeline").map((row) => row.known_from)),
};

function holds(row) {
  if (asOf && asOf.mode === "loaded") {
    return row.known_from <= asOf.at && (row.known_to === null || row.known_to > asOf.at);
  }
  return row.known_to === null;
}

/* Only what the reports of a day state is replaced: the wording of the summary is today's. */
function reportedBy(current, day) {
  const states = statesOf.get(current.event_id) || [];
  const state = states.find((row) => row.reported_from <= day && (row.reported_to === null || row.reported_to > day));
  if (!state) return null;
  return { ...current, ...state, applicants: [], other_dates: [], date_basis: null, confidence: null };
}

/* The row of an event as it was known, with its place in time; null when it was not known yet. */
function knownEvent(id) {
  let event = (revisionsOf.get(id) || []).find(holds) || null;
  if (event && asOf && asOf.mode === "reported") event = reportedBy(event, asOf.at);
  if (!event) return null;
  const day = event.date_start || event.first_reported_on;
  const at = day ? ms(day) : null;
  const end = event.date_start && event.date_end ? ms(event.date_end) - DAY_MS : at;
  return { ...event, at, until: Math.max(at, end), group: page.kinds[event.kind] || "rules" };
}

function knownEvents() {
  const found = [];
  for (const id of revisionsOf.keys()) {
    const event = knownEvent(id);
    if (event) found.push(event);
  }
  return found.sort((a, b) => b.at - a.at || (a.event_id < b.event_id ? -1 : 1));
}

function knownEvidence(id) {
  const rows = (evidenceOf.get(id) || []).filter(holds);
  if (!asOf || asOf.mode === "loaded") return rows;
  return rows.filter((row) => row.published_on && row.published_on <= asOf.at);
}

function knownRelations(id) {
  return relations
    .filter((row) => (row.event_id === id || row.related_event_id === id) && holds(row))
    .map((row) => ({ ...row, other: row.event_id === id ? row.related_event_id : row.event_id }))
    .filter((row) => knownEvent(row.other));
}

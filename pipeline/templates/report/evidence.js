/* The evidence panel: every sentence behind an event, with its facts marked and its source. */
const panel = byId("evidence");
let opener = null;
const isOpen = () => !panel.hidden;

function link(url, text) {
  const isWeb = /^https?:\/\//i.test(url || "");
  return isWeb ? el("a", { href: url, rel: "noopener noreferrer", target: "_blank" }, text) : el("span", {}, text);
}

/* The sentence in parts: the mention is shaded, each fact in it underlined in its own way. */
function markedSentence(row) {
  const points = codePoints(row.sentence);
  const facts = row.sentence_start === null ? [] : marksOf.get(`${row.version_id} ${row.sentence_start}`) || [];
  const edges = new Set([0, points.length, row.mention_start, row.mention_end]);
  for (const fact of facts) edges.add(fact.fact_start).add(fact.fact_end);
  const stops = [...edges].filter((at) => at >= 0 && at <= points.length).sort((a, b) => a - b);
  const parts = [];
  for (let i = 0; i + 1 < stops.length; i += 1) {
    const [from, to] = [stops[i], stops[i + 1]];
    const inside = facts.filter((fact) => fact.fact_start <= from && to <= fact.fact_end);
    const fact = inside.sort((a, b) => a.fact_end - a.fact_start - (b.fact_end - b.fact_start))[0];
    const names = [];
    if (row.mention_start <= from && to <= row.mention_end) names.push("mention");
    if (fact) names.push("fact", `fact-${fact.fact}`);
    const text = cut(points, from, to);
    if (!names.length) parts.push(text);
    else parts.push(el("span", { class: names.join(" "), title: fact ? `${fact.fact}: ${fact.reading}` : "the event" }, text));
  }
  return el("blockquote", { class: "page-text", dir: "auto" }, ...parts);
}

function sourceOf(row) {
  const said = [row.source, row.published_on ? showDay(row.published_on) : "undated"];
  if (row.date_start) said.push(`gives ${showWhen(row)}`);
  if (row.modality !== "asserted") said.push((CERTAINTY[row.modality] || { label: row.modality }).label);
  if (row.attributed_to) said.push(`according to ${row.attributed_to}`);
  const title = el("div", { class: "clamp page-text" }, link(row.url, row.title || row.url));
  return el("figcaption", {}, said.join(" · "), title);
}

/* One sentence; the articles that carry it word for word follow it. */
function quotesOf(rows) {
  const same = grouped(rows, (row) => row.sentence);
  return [...same.values()].map((copies) => el("figure", { class: "quote" }, markedSentence(copies[0]), ...copies.map(sourceOf)));
}

function factList(event) {
  const basis = { issuer: "from the issuer's document", majority: "most sources agree", earliest: "earliest stated", effect: "day of effect", analyst: "set by an analyst" };
  const reported = [event.first_reported_on, event.last_reported_on].map(showDay);
  const rows = [
    ["Day", showWhen(event) + (basis[event.date_basis] ? ` (${basis[event.date_basis]})` : "")],
    ["Takes effect", showDay(event.effective_start)],
    ["Suspended until", showDay(event.suspended_until)],
    ["Reported", reported[0] === reported[1] ? reported[0] : `${reported[0]} to ${reported[1]}`],
    ["Authority", event.authority],
    ["Goods", event.material],
    ["Destination", event.destination],
    ["Instrument", event.instrument],
    ["License", words(event.license_kind)],
    ["License holder", event.licensees.join(", ")],
    ["Issued for", event.beneficiaries.join(", ")],
    ["Applicant", event.applicants.join(", ")],
    ["Left out", event.excluded.join(", ")],
    ["Rests on", `${counted(event.source_count, "independent source")}, ${counted(event.article_count, "article")}`],
    ["Confidence", event.confidence === null ? "" : event.confidence.toFixed(2)],
  ];
  const shown = rows.filter((row) => row[1]);
  return el("dl", { class: "facts" }, ...shown.flatMap(([name, value]) => [el("dt", {}, name), el("dd", { class: "page-text" }, value)]));
}

function warnings(event) {
  const found = [];
  if (event.other_dates.length) {
    found.push(`Sources disagree on the day: others give ${event.other_dates.map(showDay).join(", ")}.`);
  }
  if (event.denial_count) found.push(`${counted(event.denial_count, "article")} say${event.denial_count === 1 ? "s" : ""} that it did not happen.`);
  return found.map((text) => el("p", { class: "warn" }, text));
}

function quotes(title, rows) {
  return rows.length ? [el("h3", {}, title), ...quotesOf(rows)] : [];
}

const READ_FROM_OTHER = {
  confirms: "confirmed by", part_of: "has as a part", implements: "implemented by", amends: "amended by",
  suspends: "suspended by", contradicts: "contradicted by", supersedes: "superseded by",
};

function relationList(id) {
  const rows = knownRelations(id).map((row) => {
    const verb = row.event_id === id ? words(row.relation) : READ_FROM_OTHER[row.relation] || words(row.relation);
    const open = el("button", { class: "plain", type: "button", onclick: () => openEvidence(row.other, { focus: true }) }, knownEvent(row.other).summary);
    return el("p", {}, `${verb} `, open, el("span", { class: "soft" }, ` (${row.why})`));
  });
  return rows.length ? [el("h3", {}, "Related events"), ...rows] : [];
}

function history(id) {
  const rows = revisionsOf.get(id) || [];
  if (rows.length < 2) return [];
  const items = rows.map((row) => {
    const until = row.known_to ? `to ${row.known_to.slice(0, 16).replace("T", " ")}` : "until now";
    return el("p", { class: "soft" }, `${row.known_from.slice(0, 16).replace("T", " ")} ${until}: ${row.summary} (${counted(row.source_count, "source")})`);
  });
  return [el("h3", {}, "What this database said before (UTC)"), ...items];
}

function keyLine() {
  const one = (name, label) => el("span", { class: name }, label);
  return el("p", { class: "keys" }, one("mention", "event"), one("fact fact-company", "company"), one("fact fact-date", "date"),
    one("fact fact-tonnage", "tonnage"), one("fact fact-percentage", "percentage"));
}

function openEvidence(id, { focus }) {
  const event = knownEvent(id);
  if (!event) return;
  if (!isOpen()) opener = document.activeElement;
  const rows = knownEvidence(id);
  const certainty = (CERTAINTY[event.modality] || CERTAINTY.asserted).label;
  byId("evidence-kind").replaceChildren(glyph(event.group, event.modality), words(event.kind),
    el("span", { class: event.modality === "asserted" ? "tag" : "tag unsure" }, certainty));
  byId("evidence-title").textContent = event.summary;
  byId("evidence-body").replaceChildren(
    ...warnings(event), factList(event),
    el("h3", {}, `Evidence: ${counted(new Set(rows.map((row) => row.sentence)).size, "sentence")}`), keyLine(),
    ...quotesOf(rows.filter((row) => row.stance === "supports")),
    ...quotes("Says otherwise", rows.filter((row) => row.stance !== "supports")),
    ...relationList(id), ...history(id),
  );
  panel.hidden = false;
  panel.scrollTop = 0;
  document.body.classList.add("open");
  markSelected(id);
  active = listed.findIndex((row) => row.event_id === id);
  drawRows();
  if (focus) byId("evidence-title").focus({ preventScroll: true });
}

function closeEvidence() {
  if (!isOpen()) return;
  const hadFocus = panel.contains(document.activeElement) || document.activeElement === document.body;
  panel.hidden = true;
  document.body.classList.remove("open");
  if (hadFocus && opener && opener.isConnected) opener.focus({ preventScroll: true });
}

byId("evidence-close").addEventListener("click", closeEvidence);
byId("evidence-next").addEventListener("click", () => activate(active + 1));
byId("evidence-previous").addEventListener("click", () => activate(active - 1));
document.addEventListener("keydown", (event) => event.key === "Escape" && closeEvidence());
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-event]");
  if (button) openEvidence(button.dataset.event, { focus: true });
});

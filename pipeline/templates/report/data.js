/* What the page was given, by key, and small helpers. Text of articles only ever goes in as text
   nodes: nothing here or below parses a string as HTML. */
const page = JSON.parse(document.getElementById("report-data").textContent);
const byId = (id) => document.getElementById(id);

const recordsOf = new Map();

function records(name) {
  if (!recordsOf.has(name)) {
    const { columns, rows } = page.figures[name];
    recordsOf.set(name, rows.map((row) => {
      const record = {};
      for (let i = 0; i < columns.length; i += 1) record[columns[i]] = row[i];
      return record;
    }));
  }
  return recordsOf.get(name);
}

function grouped(list, keyOf) {
  const groups = new Map();
  for (const item of list) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/* An element with properties and children; a string child becomes a text node. */
function el(tag, properties = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "class") node.className = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

const SVG = "http://www.w3.org/2000/svg";
const CERTAINTY = {
  asserted: { label: "stated", fill: 0.9, dashed: false },
  reported: { label: "reported, source not named", fill: 0.35, dashed: false },
  planned: { label: "planned", fill: 0, dashed: true },
  possible: { label: "possible", fill: 0, dashed: true },
  conditional: { label: "conditional", fill: 0, dashed: true },
  requested: { label: "asked for", fill: 0, dashed: true },
  negated: { label: "did not happen", fill: 0, dashed: true },
  denied: { label: "denied", fill: 0, dashed: true },
};

function drawShape(shape, color, { fill = 1, dashed = false } = {}) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 14 14");
  svg.setAttribute("class", "glyph");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", page.shapes[shape]);
  path.style.fill = color;
  path.style.fillOpacity = fill;
  path.style.stroke = color;
  path.style.strokeWidth = "1.6";
  if (dashed) path.style.strokeDasharray = "2.5 2";
  svg.append(path);
  return svg;
}

const glyph = (group, modality) =>
  drawShape(page.groups[group].shape, `var(--${group})`, CERTAINTY[modality] || CERTAINTY.asserted);

const DAY_MS = 86400000;
const ms = (day) => Date.parse(day);
const isoDay = (time) => new Date(time).toISOString().slice(0, 10);
const words = (code) => (code || "").replaceAll("_", " ");
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function showDay(day) {
  if (!day) return "";
  const [year, month, date] = day.slice(0, 10).split("-");
  return `${Number(date)} ${MONTHS[Number(month) - 1]} ${year}`;
}

const lastDay = (end) => isoDay(ms(end) - DAY_MS);
const monthOf = (day) => showDay(day).split(" ").slice(1).join(" ");
const PRECISE = {
  day: (start) => showDay(start),
  time: (start) => showDay(start),
  week: (start) => `week of ${showDay(start)}`,
  month: (start) => monthOf(start),
  quarter: (start) => `Q${Math.ceil(Number(start.slice(5, 7)) / 3)} ${start.slice(0, 4)}`,
  half: (start) => `${Number(start.slice(5, 7)) < 7 ? "first" : "second"} half of ${start.slice(0, 4)}`,
  year: (start) => start.slice(0, 4),
};

/* A day as precisely as it is known; an event whose day nobody states has the day of its report. */
function showWhen(event) {
  if (!event.date_start) return event.first_reported_on ? `by ${showDay(event.first_reported_on)}` : "undated";
  if (PRECISE[event.date_precision]) return PRECISE[event.date_precision](event.date_start);
  if (!event.date_end) return `about ${monthOf(event.date_start)}`;
  const [from, to] = [monthOf(event.date_start), monthOf(lastDay(event.date_end))];
  return from === to ? from : `${from} to ${to}`;
}

const counted = (count, noun) => `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;

/* Offsets count code points, JavaScript's strings count UTF-16 units. */
function codePoints(text) {
  return /[\ud800-\udfff]/.test(text) ? Array.from(text) : text;
}
const cut = (points, from, to) => {
  const part = points.slice(from, to);
  return typeof part === "string" ? part : part.join("");
};

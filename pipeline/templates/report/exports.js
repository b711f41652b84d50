/* Exports: the two charts and the table follow the choice of goods, partner and flow. */
const SERIES_COLORS = 8;
const SERIES_SHAPES = ["circle", "square", "diamond", "triangle-up", "triangle-down", "cross", "triangle-right"];
const seriesName = (row) => `${row.material}, ${row.reporter} ${row.flow === "import" ? "from" : "to"} ${row.partner || "all partners"}`;
const seriesNames = [...new Set(records("exports").map(seriesName))];
const looks = new Map(seriesNames.map((name, index) => [name, {
  color: `var(--series-${(index % SERIES_COLORS) + 1})`, shape: SERIES_SHAPES[index % SERIES_SHAPES.length],
}]));
const exportRows = records("exports").map((row) => ({
  ...row, partnerName: row.partner || "all partners", series: seriesName(row), ...looks.get(seriesName(row)),
}));
const EXPORT_FIELDS = { material: "material", partnerName: "partner", flow: "flow" };

const chosen = () =>
  exportRows.filter((row) => Object.entries(EXPORT_FIELDS).every(([field, name]) => {
    const value = byId(`exports-${name}`).value;
    return !value || row[field] === value;
  }));

const exportPoints = (rows) => rows.map((row) => ({ ...row, month: ms(row.month) }));

function changePoints(rows) {
  const pairs = [["mom_pct", "on the month before"], ["yoy_pct", "on the year before"]];
  return pairs.flatMap(([field, against]) =>
    rows.filter((row) => row[field] !== null).map((row) => ({ ...row, month: ms(row.month), change: row[field], against, filling: field === "mom_pct" ? 1 : 0 })));
}

function seriesLegend(rows) {
  const names = seriesNames.filter((name) => rows.some((row) => row.series === name));
  const items = names.map((name) => el("li", {}, drawShape(looks.get(name).shape, looks.get(name).color), name));
  byId("exports-legend").replaceChildren(...items);
}

const showMonth = (time) => monthOf(isoDay(time));
const tonnes = (value) => `${value.toLocaleString("en", { maximumFractionDigits: 1 })} t`;

function exportsTip(datum) {
  if (datum.tonnes === null) return [el("strong", {}, datum.series), `${showMonth(datum.month)}: no figure in any article`];
  const spread = datum.highest > datum.lowest ? `; reports range from ${tonnes(datum.lowest)} to ${tonnes(datum.highest)}` : "";
  return [el("strong", {}, datum.series), `${showMonth(datum.month)}: ${tonnes(datum.tonnes)} (${counted(datum.source_count, "source")})${spread}`];
}

function changesTip(datum) {
  const sign = datum.change > 0 ? "+" : "";
  return [el("strong", {}, datum.series), `${showMonth(datum.month)}: ${sign}${datum.change} % ${datum.against}`];
}

function confidenceTip(datum) {
  const range = `confidence ${datum.confidence_from.toFixed(1)} to ${datum.confidence_to.toFixed(1)}`;
  return [el("strong", {}, counted(datum.events, "event")), `${range}, ${datum.sources}`];
}

function followExports() {
  const rows = chosen();
  const changes = changePoints(rows);
  seriesLegend(rows);
  byId("exports-empty").hidden = rows.length > 0;
  byId("changes-empty").hidden = changes.length > 0;
  for (const row of document.querySelectorAll("#exports-table tbody tr")) {
    row.hidden = !rows.includes(exportRows[Number(row.dataset.index)]);
  }
  // A scale without data has no extent: an empty chart is hidden, not drawn.
  byId("exports-chart").hidden = !rows.length;
  byId("changes-chart").hidden = !changes.length;
  if (rows.length && views["exports-chart"]) views["exports-chart"].data("exports", exportPoints(rows)).run();
  if (changes.length && views["changes-chart"]) views["changes-chart"].data("changes", changes).run();
}

async function startExports() {
  if (!exportRows.length) return;
  for (const [field, name] of Object.entries(EXPORT_FIELDS)) {
    fillSelect(`exports-${name}`, sortedSet(exportRows.map((row) => row[field])));
    byId(`exports-${name}`).addEventListener("change", followExports);
  }
  await draw("exports-chart", { exports: exportPoints(exportRows) });
  const changes = changePoints(exportRows);
  if (changes.length) await draw("changes-chart", { changes });
  followExports();
}

async function startConfidence() {
  const rows = records("confidence").map((row) => ({ ...row, confidence_to: row.confidence_from + 0.1 }));
  if (rows.length) await draw("confidence-chart", { confidence: rows });
}

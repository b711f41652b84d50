/* Ties the parts together: the filters, the as-of slider, the theme, and the order of drawing. */
function refresh() {
  const { shown, outside, state } = filtered();
  current = { shown, state };
  showList(shown);
  drawTimeline();
  const total = known.length;
  const count = shown.length === total ? counted(total, "event") : `${shown.length.toLocaleString("en")} of ${counted(total, "event")}`;
  byId("count").textContent = count + (outside ? `, ${outside.toLocaleString("en")} more outside these dates` : "");
  byId("all-dates").hidden = !outside;
  byId("clear").disabled = FIELDS.every((name) => !byId(`filter-${name}`).value);
}

function setAsOf() {
  const mode = document.querySelector("input[name=as-of-mode]:checked").value;
  const list = stops[mode];
  const slider = byId("as-of");
  const index = Number(slider.value);
  const wasLatest = asOf === null;
  asOf = index >= list.length - 1 ? null : { mode, at: list[index] };
  const text = asOf ? (mode === "reported" ? `by ${showDay(asOf.at)}` : `${asOf.at.slice(0, 16).replace("T", " ")} UTC`) : "latest";
  byId("as-of-text").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  if (asOf || !wasLatest) known = knownEvents();
  const open = isOpen() && selectedId;
  if (open && !knownEvent(selectedId)) closeEvidence();
  else if (open) openEvidence(selectedId, { focus: false });
  refresh();
}

function setMode() {
  const mode = document.querySelector("input[name=as-of-mode]:checked").value;
  const slider = byId("as-of");
  slider.max = String(Math.max(0, stops[mode].length - 1));
  slider.value = slider.max;
  slider.disabled = stops[mode].length < 2;
  setAsOf();
}

const THEMES = ["auto", "light", "dark"];
function setTheme(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  byId("theme-name").textContent = theme;
  byId("theme").dataset.now = theme;
}

/* Storage may be forbidden for pages that are opened from a file: the theme is then not kept. */
function stored(action) {
  try {
    return action(window.localStorage);
  } catch {
    return null;
  }
}

byId("theme").addEventListener("click", () => {
  const next = THEMES[(THEMES.indexOf(byId("theme").dataset.now) + 1) % THEMES.length];
  setTheme(next);
  stored((storage) => storage.setItem("reeline-theme", next));
});
const kept = stored((storage) => storage.getItem("reeline-theme"));
setTheme(THEMES.includes(kept) ? kept : "auto");

let typing = 0;
for (const name of FIELDS) {
  byId(`filter-${name}`).addEventListener("input", () => {
    clearTimeout(typing);
    if (name === "text") typing = setTimeout(refresh, 80);
    else refresh();
  });
}
for (const radio of document.querySelectorAll("input[name=lanes]")) radio.addEventListener("change", drawTimeline);
for (const radio of document.querySelectorAll("input[name=as-of-mode]")) radio.addEventListener("change", setMode);
for (const button of document.querySelectorAll("[data-years]")) {
  button.addEventListener("click", () => {
    setYears(Number(button.dataset.years));
    refresh();
  });
}
byId("as-of").addEventListener("input", setAsOf);
byId("all-dates").addEventListener("click", () => {
  setYears(0);
  refresh();
});
byId("clear").addEventListener("click", () => {
  clearFilters();
  refresh();
});

const wide = window.matchMedia("(min-width: 40.01rem)");
byId("filters").open = wide.matches;
wide.addEventListener("change", () => { byId("filters").open = wide.matches; });

/* On a narrow screen a row is a list: each cell then says which column it is of. */
let isLabeled = false;
function labelCells() {
  if (isLabeled || !narrow.matches) return;
  isLabeled = true;
  for (const table of document.querySelectorAll(".stack table")) {
    const names = [...table.querySelectorAll("thead th")].map((head) => head.textContent);
    for (const row of table.tBodies[0].rows) {
      [...row.cells].forEach((cell, index) => {
        if (!cell.textContent.trim()) cell.replaceChildren();
        else if (!cell.dataset.label) {
          cell.dataset.label = names[index];
          const whole = el("div");
          whole.append(...cell.childNodes);
          cell.append(whole);
        }
      });
    }
  }
}

async function start() {
  fillFilters();
  setYears(firstYears());
  setMode();
  if (known.length) {
    const plan = planTimeline();
    const view = await draw("timeline-chart", plan.data, plan);
    view.addEventListener("click", (event, item) => {
      const datum = item && item.datum;
      if (!datum) return;
      if (datum.id) openEvidence(datum.id, { focus: false });
      else if (datum.count) {
        byId("filter-from").value = isoDay(datum.from);
        byId("filter-to").value = isoDay(datum.to);
        refresh();
      }
    });
  }
  document.documentElement.dataset.ready = "timeline";
  performance.mark("timeline-drawn");
  await new Promise((resolve) => { setTimeout(resolve, 0); });
  await startExports();
  await startConfidence();
  labelCells();
  narrow.addEventListener("change", labelCells);
  // The newest days of the grids of runs are the ones that one looks for.
  for (const grid of document.querySelectorAll(".runs")) grid.scrollLeft = grid.scrollWidth;
  document.documentElement.dataset.ready = "all";
}
start();

/* The list of events: follows the filters, and only the rows in sight are in the document. */
const listBox = byId("event-list");
const spacer = el("div", { role: "presentation" });
listBox.append(spacer);
let listed = [];
let active = -1;
const narrow = window.matchMedia("(max-width: 40rem)");
const rowHeight = () => (narrow.matches ? 88 : 64);

function optionOf(event, index) {
  const option = el(
    "div",
    {
      class: index === active ? "option active" : "option", role: "option", id: `event-${index}`,
      "aria-selected": String(index === active), "aria-setsize": listed.length, "aria-posinset": index + 1,
      "data-index": index,
    },
    el("span", { class: "when" }, showWhen(event)),
    glyph(event.group, event.modality),
    el("span", { class: "text" },
      el("div", { class: "what page-text" }, event.summary),
      el("div", { class: "about" }, aboutText(event))),
  );
  option.style.top = `${index * rowHeight()}px`;
  return option;
}

function drawRows() {
  const height = rowHeight();
  spacer.style.height = `${listed.length * height}px`;
  const first = Math.max(0, Math.floor(listBox.scrollTop / height) - 4);
  const last = Math.min(listed.length, Math.ceil((listBox.scrollTop + listBox.clientHeight) / height) + 4);
  const options = [];
  for (let index = first; index < last; index += 1) options.push(optionOf(listed[index], index));
  spacer.replaceChildren(...options);
  if (active >= first && active < last) listBox.setAttribute("aria-activedescendant", `event-${active}`);
  else listBox.removeAttribute("aria-activedescendant");
}

function showList(events) {
  listed = events;
  active = events.findIndex((event) => event.event_id === selectedId);
  listBox.hidden = events.length === 0;
  byId("list-empty").hidden = events.length > 0;
  if (active < 0) listBox.scrollTop = 0;
  else reveal(active);
  drawRows();
}

function reveal(index) {
  const height = rowHeight();
  const top = index * height;
  if (top < listBox.scrollTop) listBox.scrollTop = top;
  else if (top + height > listBox.scrollTop + listBox.clientHeight) listBox.scrollTop = top + height - listBox.clientHeight;
}

function activate(index) {
  if (!listed.length) return;
  active = Math.max(0, Math.min(listed.length - 1, index));
  reveal(active);
  drawRows();
  if (isOpen()) openEvidence(listed[active].event_id, { focus: false });
  else markSelected(listed[active].event_id);
}

const MOVES = {
  ArrowDown: (page) => active + 1,
  ArrowUp: (page) => active - 1,
  PageDown: (inSight) => active + inSight,
  PageUp: (inSight) => active - inSight,
  Home: () => 0,
  End: () => listed.length - 1,
};

listBox.addEventListener("keydown", (event) => {
  const inSight = Math.max(1, Math.floor(listBox.clientHeight / rowHeight()) - 1);
  if (MOVES[event.key]) activate(MOVES[event.key](inSight));
  else if ((event.key === "Enter" || event.key === " ") && active >= 0) openEvidence(listed[active].event_id, { focus: true });
  else return;
  event.preventDefault();
});
listBox.addEventListener("click", (event) => {
  const option = event.target.closest(".option");
  if (!option) return;
  active = Number(option.dataset.index);
  drawRows();
  openEvidence(listed[active].event_id, { focus: false });
});
let isDrawing = false;
listBox.addEventListener("scroll", () => {
  if (isDrawing) return;
  isDrawing = true;
  requestAnimationFrame(() => {
    isDrawing = false;
    drawRows();
  });
});
narrow.addEventListener("change", drawRows);

/* Paper has no scrolling: the events in full, up to a number that is still a document. */
const MOST_PRINTED = 1000;
function fillPrinted() {
  const items = listed.slice(0, MOST_PRINTED).map((event) =>
    el("li", {}, el("strong", {}, showWhen(event)), " ", glyph(event.group, event.modality), ` ${event.summary} `,
      el("span", { class: "soft" }, aboutText(event))));
  const rest = listed.length - items.length;
  byId("printed-list").replaceChildren(...items, ...(rest > 0 ? [el("li", {}, `and ${counted(rest, "more event")}`)] : []));
}
window.addEventListener("beforeprint", fillPrinted);
window.matchMedia("print").addEventListener("change", (query) => query.matches && fillPrinted());

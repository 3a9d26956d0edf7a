// The inbox is drawn anew when something changes in it; but as long as somebody points at its rows, or has one in focus,
// they only change where they are. They find their new places when he is elsewhere.
import { elements, renew } from "places";
import { renewSoon } from "unread";

const hovers = matchMedia("(hover: hover)");
const OWN = 3_000; // ms in which a change is what somebody here just asked for

let late = false; // rows wait for their places
let asked = 0;

const list = () => document.getElementById("inbox");

function busy() {
  const rows = document.getElementById("inbox-rows");
  return Boolean(rows) && ((hovers.matches && rows.matches(":hover")) || rows.contains(document.activeElement));
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.verb === "post" && detail.elt.id === "act") asked = Date.now();
});

/** Only what comes by itself waits: what somebody asked for is drawn. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target !== list() || !detail.shouldSwap) return;
  late = busy() && Date.now() - asked > OWN;
  if (late) detail.shouldSwap = !inPlace(elements(detail.xhr.responseText));
  else keepPlace();
});

function inPlace([fresh, badge]) {
  const changed = [];
  for (const row of document.querySelectorAll(".inbox__row")) {
    const now = fresh.querySelector(`#${row.id}`);
    if (now && now.outerHTML !== row.outerHTML && renew(row, now)) changed.push(row);
  }
  badge.removeAttribute("hx-swap-oob");
  document.getElementById("unread").replaceWith(badge);
  document.dispatchEvent(new CustomEvent("pieces:applied", { detail: { added: [], changed, removed: [], missed: [] } }));
  return true;
}

/** The list stays where it was scrolled to. A row that goes gives the focus to the one in its place. */
function keepPlace() {
  const { scrollTop } = list();
  const at = [...document.querySelectorAll(".inbox__item")].findIndex((row) => row.contains(document.activeElement));
  queueMicrotask(() => {
    list().scrollTop = scrollTop;
    if (at < 0 || document.activeElement !== document.body) return;
    const rows = [...document.querySelectorAll(".inbox__item .inbox__row")];
    (rows[at] || rows.at(-1) || document.getElementById("filter-all")).focus({ preventScroll: true });
  });
}

function settle() {
  if (late && !busy()) [(late = false), renewSoon()];
}

for (const event of ["pointerout", "focusout"]) document.addEventListener(event, () => late && setTimeout(settle));
setInterval(settle, 1_000); // right after it the pointer may still count as there

// What could not be fetched says so beside what was there, which stays.
for (const event of ["htmx:responseError", "htmx:sendError", "htmx:timeout"])
  document.addEventListener(event, ({ detail }) => {
    if (detail.target === list()) document.querySelector("[data-inbox-failed]").hidden = false;
  });
document.addEventListener("click", ({ target }) => target.closest?.("[data-inbox-again]") && renewSoon());

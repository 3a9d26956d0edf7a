// The panel beside the stage by keys: arrows go from tab to tab, Enter and the space bar open one, Escape puts the sheet
// of a phone away. The focus goes into the sheet with it, and back.

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };
const OPENER = ".control--panel";

const visible = (element) => Boolean(element?.checkVisibility());
const tabsAround = (tab) => [...tab.closest("[role=tablist]").querySelectorAll("[role=tab]")];

/** The tab that a key leads to, if it is one of those keys. */
function next(tab, key) {
  const tabs = tabsAround(tab);
  if (!(key in STEPS)) return { Home: tabs[0], End: tabs.at(-1) }[key];
  const step = STEPS[key] * (document.documentElement.dir === "rtl" ? -1 : 1);
  return tabs.at((tabs.indexOf(tab) + step) % tabs.length);
}

function onTab(event, tab) {
  const goal = next(tab, event.key);
  if (event.key === " ") tab.click();
  else if (!goal) return;
  event.preventDefault();
  goal?.focus();
}

/** Unless something that lies upon the sheet is to be put away first. */
function putAway({ target }) {
  const close = document.querySelector(".panel--open .panel__close");
  const upon = document.querySelector("dialog[open], details.menu[open]") || target.closest?.(".message--editing");
  if (visible(close) && !upon) close.click();
}

document.addEventListener("keydown", (event) => {
  const tab = event.target.closest?.("[role=tab]");
  if (tab) onTab(event, tab);
  if (event.key === "Escape") putAway(event);
});

/** One stop for the tab key: the open tab. Without scripts each is one. */
function rove() {
  for (const tab of document.querySelectorAll("[role=tab]")) tab.tabIndex = tab.ariaSelected === "true" ? 0 : -1;
}

function land(panel) {
  const { activeElement: focused } = document;
  const goal = panel.matches(".panel--open") ? panel.querySelector("[aria-selected=true]") : document.querySelector(OPENER);
  const lost = focused === document.body || !visible(focused) || focused.matches(OPENER);
  if (lost) (visible(goal) ? goal : panel).focus();
}

let wanted = ""; // the tab last clicked on, until it is open

document.addEventListener("click", ({ target, ctrlKey, metaKey }) => {
  const tab = target.closest?.("[role=tab]");
  if (tab && !ctrlKey && !metaKey) wanted = tab.id;
});

/** A panel that was drawn anew meanwhile took the click away with the old one: once more. */
function insist() {
  const tab = document.getElementById(wanted);
  wanted = "";
  if (tab?.ariaSelected === "false") tab.click();
  wanted = "";
}

document.addEventListener("htmx:afterSettle", ({ target }) => {
  rove();
  if (target.id === "panel") land(target);
  if (wanted && (target.id === "panel" || target === document.body)) insist();
});
rove();

// Through a conversation by keys: Up and Down go from message to message, Home and End to the first and the last, Enter
// opens what may be done about one, Escape leads back to the text box.

const STEPS = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const OWN_KEYS = "input, textarea, select, summary, audio, video, .message--editing *";

const shownIn = (log) => [...log.querySelectorAll(":scope > article")].filter(({ offsetParent }) => offsetParent);
const messageAt = (target) => target.closest(".log > article");

document.addEventListener("keydown", (event) => {
  const log = event.target.closest?.(".log");
  if (!log || event.target.matches(OWN_KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in STEPS) {
    if (walk(log, messageAt(event.target), STEPS[event.key])) event.preventDefault();
  } else if (event.key === "Enter" && event.target === messageAt(event.target)) {
    event.target.querySelector(".message__actions [aria-haspopup]")?.click();
  } else if (event.key === "Escape" && !log.closest(".panel")) {
    log.parentElement.querySelector(".composer__text")?.focus(); // beside a stage, Escape closes what lies upon it
  }
});

/** Whether there was somewhere to go: where there is not, the list scrolls on. */
function walk(log, from, step) {
  const messages = shownIn(log);
  const place = from ? messages.indexOf(from) + step : step < 0 ? messages.length - 1 : 0;
  const to = messages[Math.max(0, Math.min(messages.length - 1, place))];
  if (!to || to === from) return false;
  to.tabIndex = -1;
  to.focus();
  return true;
}

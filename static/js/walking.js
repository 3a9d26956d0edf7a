// Through a conversation by keys: Up and Down go from message to message, Page Up and Page Down ten of them, Home and End
// to the first and the last, Enter opens what may be done about one, Escape leads back to the text box. For Tab the whole
// list is one stop, with what belongs to the message one stands on.

const STEPS = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10, Home: -Infinity, End: Infinity };
const CONTROLS = "a[href], button, input, textarea, summary, audio, video";
const OWN_KEYS = "input, textarea, select, summary, audio, video, .message--editing *";

const shownIn = (log) => [...log.querySelectorAll(":scope > article")].filter(({ offsetParent }) => offsetParent);
const messageAt = (target) => target.closest(".log > article");

document.addEventListener("keydown", (event) => {
  const log = event.target.closest?.(".log");
  if (!log || event.target.matches(OWN_KEYS) || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key in STEPS) {
    if (walk(log, messageAt(event.target), STEPS[event.key])) event.preventDefault();
  } else if (event.key === "Tab") {
    if (pass(log, event.target, event.shiftKey)) event.preventDefault();
  } else if (event.key === "Enter" && event.target === messageAt(event.target)) {
    event.target.querySelector(".message__actions [aria-haspopup]")?.click();
  } else if (event.key === "Escape" && !log.closest(".panel")) {
    log.parentElement.querySelector(".composer__text")?.focus(); // beside a stage, Escape closes what lies upon it
  }
});

/** Whether there was somewhere to go: where there is not, the list scrolls on. */
function walk(log, from, step) {
  const messages = shownIn(log);
  const place = step + (from ? messages.indexOf(from) : step < 0 ? messages.length : -1);
  const to = messages[Math.max(0, Math.min(messages.length - 1, place))];
  if (!to || to === from) return false;
  to.tabIndex = -1;
  to.focus();
  return true;
}

/** Whether there was somewhere to go within the list: where there is not, the browser goes on from its end. */
function pass(log, from, back) {
  const controls = [...log.querySelectorAll(CONTROLS)].filter(({ offsetParent }) => offsetParent);
  const stops = [log, ...controls.filter((one) => !messageAt(one) || messageAt(one) === messageAt(from))];
  const side = back ? Node.DOCUMENT_POSITION_PRECEDING : Node.DOCUMENT_POSITION_FOLLOWING;
  const ahead = stops.filter((one) => from.compareDocumentPosition(one) & side);
  const to = back ? ahead.at(-1) : ahead[0];
  if (to) to.focus();
  else if (!back) controls.at(-1)?.focus({ preventScroll: true });
  return Boolean(to);
}

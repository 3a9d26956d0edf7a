// Where the focus goes when the page under it is another one: to what is wrong in a form, else to the heading. What had
// the focus and is there again has it again, which htmx sees to.

export const HEADING = "main h1, main [aria-level='1']";

const nowhere = () => document.activeElement === document.body;
const wrong = () => document.getElementById("form-errors");

function land() {
  const goal = wrong() || document.querySelector(HEADING) || document.getElementById("main");
  if (!goal || !nowhere()) return;
  if (!goal.hasAttribute("tabindex")) goal.tabIndex = -1;
  goal.focus({ preventScroll: goal !== wrong() });
}

document.addEventListener("htmx:afterSettle", ({ target }) => target === document.body && land());
if (wrong()) land();

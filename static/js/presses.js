// A control that is drawn anew while it is pressed takes the click away with it. Whoever lets go upon the very same
// control has clicked it nevertheless; upon another one he has not.

const CONTROL = "a[href], button, summary";

let pressed = null;

const controlAt = (target) => target.closest?.(CONTROL);

/** What a press is meant for: the control, where it belongs and what it would send. */
function meaning(control) {
  const owner = control.parentElement.closest("[id]");
  return [owner?.id, control.form?.action, control.form?.id, control.outerHTML].join("\n");
}

document.addEventListener("pointerdown", ({ target, isPrimary, button }) => {
  const control = isPrimary && button === 0 && controlAt(target);
  pressed = control ? { control, meaning: meaning(control) } : null;
});

document.addEventListener("pointerup", ({ target }) => {
  const before = pressed;
  pressed = null;
  if (!before || before.control.isConnected) return;
  const control = controlAt(target);
  if (control && meaning(control) === before.meaning) control.click();
});

document.addEventListener("pointercancel", () => (pressed = null));

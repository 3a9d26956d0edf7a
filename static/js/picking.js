// Choosing people: whoever is ticked moves to those chosen, and the arrow keys go from the search through what it found.
// Enter takes the first one found, and in the other fields it sends the form.

const pickerOf = (target) => target.closest?.("[data-picker]");
const boxes = (picker) => [...picker.querySelectorAll("#pickable input")];
const search = (picker) => picker.querySelector("[type=search]");

document.addEventListener("change", ({ target }) => {
  const picker = target.name === "people" && pickerOf(target);
  if (!picker) return;
  const entry = target.closest("[data-pick]");
  if (target.checked) choose(picker, entry);
  else if (entry.closest("[data-picked]")) entry.remove();
  search(picker).focus();
});

function choose(picker, entry) {
  picker.querySelector("[data-picked]").append(entry);
  search(picker).select();
}

document.addEventListener("keydown", (event) => {
  const picker = pickerOf(event.target);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!picker || !step || event.target.closest("[data-picked]")) return;
  const stops = [search(picker), ...boxes(picker)];
  event.preventDefault();
  stops.at((stops.indexOf(event.target) + step) % stops.length)?.focus();
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  const picker = target.form?.querySelector("[data-picker]");
  if (!picker || key !== "Enter" || event.isComposing || target.matches("button")) return;
  event.preventDefault();
  if (target === search(picker)) boxes(picker)[0]?.click();
  else if (target.type === "checkbox") target.click();
  else target.form.requestSubmit([...target.form.querySelectorAll("[type=submit]")].at(-1));
});

/** Who is chosen already is not offered again. */
document.addEventListener("htmx:afterSettle", ({ target }) => {
  const picker = target.id === "pickable" && pickerOf(target);
  if (!picker) return;
  const chosen = new Set([...picker.querySelectorAll("[data-picked] [data-pick]")].map(({ dataset }) => dataset.pick));
  for (const entry of target.querySelectorAll("[data-pick]")) if (chosen.has(entry.dataset.pick)) entry.remove();
});

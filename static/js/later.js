// Times are those of the browser's own time zone, which goes with the form; the server drew them in the one it knows.

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const two = (number) => String(number).padStart(2, "0");

/** As a field for date and time takes it. */
const local = (at) =>
  `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T${two(at.getHours())}:${two(at.getMinutes())}`;

function place(form) {
  const field = form.elements.zone;
  if (field.value === zone) return;
  field.value = zone;
  const at = form.elements.at;
  if (!at) return;
  form.querySelector("[data-zone-name]").textContent = zone;
  if (at.value === at.defaultValue && at.dataset.at) at.value = local(new Date(at.dataset.at));
}

const placeAll = () => document.querySelectorAll("form[data-zoned]").forEach(place);

document.addEventListener("htmx:afterSwap", placeAll);
placeAll();

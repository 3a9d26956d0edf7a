// What a button does goes to the server as the form #act, one press after the other: a second one that comes before the
// first is answered waits for its turn, so none is lost and "off" never overtakes "on". The very same press twice is one.
// The form's own hx-request says how long an answer is waited for.

const presses = []; // the first one is under way

const same = (one, other) => one.address === other.address && one.name === other.name && one.value === other.value;

async function go() {
  while (presses.length) {
    const { address, name, value } = presses[0];
    const form = document.getElementById("act");
    // What went wrong is said by toasts.js.
    if (form) await htmx.ajax("POST", address, { source: form, swap: "none", values: name ? { [name]: value } : {} }).catch(() => {});
    presses.shift();
  }
}

function act(event) {
  const { target, submitter } = event;
  if (target.id !== "act" || !submitter) return;
  event.preventDefault();
  event.stopPropagation();
  const press = { address: submitter.formAction, name: submitter.name, value: submitter.value };
  if (presses.some((other) => same(other, press))) return;
  if (presses.push(press) === 1) go();
}

document.addEventListener("submit", act, { capture: true });

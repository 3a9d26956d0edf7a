// A voice note: recorded here, added as a file, and sent when the message is.
import { add } from "attaching";
import { toast } from "toasts";

const LONGEST = 15 * 60; // seconds
const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

let recorder = null;

/** Begins to record for the message that is written in this form, or ends that. */
export async function record(form) {
  if (recorder) return recorder.stop();
  const bar = form.parentElement.querySelector("[data-recording]");
  try {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    run(form, bar, stream);
  } catch {
    toast(bar.dataset.denied, "assertive");
  }
}

function run(form, bar, stream) {
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind));
  const [parts, began] = [[], Date.now()];
  recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 32_000 });
  const timer = setInterval(() => tick(bar, began), 250);
  recorder.ondataavailable = ({ data }) => parts.push(data);
  recorder.onstop = () => {
    clearInterval(timer);
    stream.getTracks().forEach((track) => track.stop());
    if (!recorder.dropped) keep(form, bar, parts, recorder.mimeType);
    recorder = null;
    bar.hidden = true;
    form.querySelector("[data-record]").setAttribute("aria-pressed", "false");
    form.elements.body.focus();
  };
  recorder.start(1000);
  form.querySelector("[data-record]").setAttribute("aria-pressed", "true");
  tick(bar, began);
  bar.hidden = false;
  bar.querySelector("[data-done]").focus();
}

function tick(bar, began) {
  const seconds = Math.floor((Date.now() - began) / 1000);
  bar.querySelector("[data-time]").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds >= LONGEST) recorder?.stop();
}

function keep(form, bar, parts, mimeType) {
  const [type] = mimeType.split(";");
  const ending = { "audio/webm": "webm", "audio/ogg": "ogg", "audio/mp4": "m4a" }[type];
  add(form, [new File(parts, `${bar.dataset.name}.${ending}`, { type })]);
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-done], [data-drop]");
  if (!button || !recorder) return;
  recorder.dropped = button.matches("[data-drop]");
  recorder.stop();
});

// The page went where there is no text box: nobody would see that the microphone is on. What was said waits there.
document.addEventListener("htmx:afterSettle", () => {
  if (recorder && !document.querySelector("[data-recording]:not([hidden])")) recorder.stop();
});
addEventListener("beforeunload", (event) => recorder && event.preventDefault());

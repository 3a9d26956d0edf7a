// The microphone: opened only when the server lets us speak, closed as soon as it does not.
const WANTED = { audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
const PROBLEMS = { NotAllowedError: "refused", SecurityError: "refused", NotFoundError: "absent", OverconstrainedError: "absent" };
const LOOK = 100; // ms between two looks at the level

let track = null;
let muted = true;
let why = "";
let meter = null;

/** Why there is no microphone: "refused", "absent", "busy", or "" when nothing is wrong. */
export const problem = () => why;

/** The microphone's track, asked for if it is not open; null when it cannot be had. */
export async function open(lost) {
  if (track?.readyState === "live") return track;
  try {
    const stream = await navigator.mediaDevices.getUserMedia(WANTED);
    [track] = stream.getAudioTracks();
    why = "";
    track.enabled = !muted;
    track.onended = () => {
      close("absent");
      lost();
    };
    measure(stream);
    return track;
  } catch (error) {
    close(navigator.mediaDevices ? PROBLEMS[error.name] || "busy" : "refused");
    return null;
  }
}

/** A muted microphone sends silence. Says whether it was muted until now and is no more. */
export function mute(yes) {
  const before = muted;
  muted = yes;
  if (track) track.enabled = !yes;
  return before && !yes;
}

export function close(because = "") {
  why = because;
  if (track) track.onended = null;
  track?.stop();
  track = null;
  clearInterval(meter?.timer);
  meter?.context.close();
  meter = null;
  draw(0);
}

/** Our own level, for <meter data-meter min="0" max="1">. */
function measure(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  const samples = new Float32Array(analyser.fftSize);
  context.createMediaStreamSource(stream).connect(analyser);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    draw(muted ? 0 : loudness(samples));
  }, LOOK);
  meter = { context, timer };
}

/** 0 for −60 dB and less, 1 for full scale. */
function loudness(samples) {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.max(0, Math.min(1, 1 + Math.log10(power + 1e-9) / 6));
}

function draw(level) {
  for (const element of document.querySelectorAll("meter[data-meter]")) element.value = level;
}

// One connection to the mixer. A new one is made beside the old one and takes over when it is connected.
import * as microphone from "microphone";
import { hush, play, show, state } from "sounding";

const GATHER = 1000; // ms for the browser to learn its own addresses; nobody else is asked
const ANSWER = 6000; // ms until an offer that led nowhere is made again
const SHAKY = 3000; // ms of broken line before a new connection is made
const AGAIN = [500, 1000, 2000, 4000, 8000]; // ms between attempts

let call = null; // { pc, room, publish, stream }: what we hear
let coming = null; // the next one
let awaited = 0; // offers without an answer; only the last answer counts
let tries = 0;
let next = null;
let ways = {}; // { retry(), offer(room, sdp), connected() }: how sound.js wants to be asked

export const use = (given) => (ways = given);
export const line = () => coming || call;
export const waiting = () => next !== null; // for the next attempt
export const connected = () => call?.pc.connectionState === "connected";

export async function connect(room, publish) {
  rest();
  drop(coming);
  const made = (coming = { room, publish, pc: new RTCPeerConnection({ iceServers: [] }) });
  if (!call) show("connecting");
  await prepare(made);
  if (made !== coming) return;
  again(ANSWER, forget);
  awaited += 1;
  ways.offer(room, made.pc.localDescription.sdp);
}

async function prepare(made) {
  const { pc } = made;
  const track = made.publish ? await microphone.open(() => show("no-microphone", microphone.problem())) : null;
  if (made !== coming) return;
  pc.addTransceiver(track || "audio", { direction: track ? "sendrecv" : "recvonly" });
  pc.ontrack = (event) => (made.stream = new MediaStream([event.track]));
  pc.onconnectionstatechange = () => changed(made);
  await pc.setLocalDescription();
  await new Promise((done) => {
    pc.onicegatheringstatechange = () => pc.iceGatheringState === "complete" && done();
    setTimeout(done, pc.iceGatheringState === "complete" ? 0 : GATHER);
  });
}

/** The server's answer to the newest offer; null when it refused. */
export async function answer(sdp) {
  const made = coming;
  awaited = Math.max(0, awaited - 1);
  if (awaited || made?.pc.signalingState !== "have-local-offer") return;
  if (sdp) await made.pc.setRemoteDescription({ type: "answer", sdp }).catch(() => lost(made));
  else coming = drop(made);
}

/** Answers that were on their way over a broken socket, or long ago, do not come any more. */
export const forget = () => (awaited = 0);

function changed(made) {
  clearTimeout(made.shaky);
  const now = made.pc.connectionState;
  if (now === "connected" && made === coming) adopt(made);
  else if (now === "disconnected") made.shaky = setTimeout(lost, SHAKY, made);
  else if (now === "failed" || now === "closed") lost(made);
}

function adopt(made) {
  rest();
  drop(call);
  [call, coming, tries] = [made, null, 0];
  play(made.stream);
  ways.connected();
}

function lost(made) {
  if (made === call) show("broken");
  if (made === line()) again();
}

export function again(after = AGAIN[Math.min(tries++, AGAIN.length - 1)], before = () => {}) {
  rest();
  next = setTimeout(() => {
    next = null;
    before();
    ways.retry();
  }, after * (0.8 + 0.4 * Math.random()));
}

function rest() {
  clearTimeout(next);
  next = null;
}

/** Back among the listeners: the microphone closes, the ears stay open. */
export function quieten() {
  for (const made of [call, coming].filter(Boolean)) {
    made.publish = false;
    made.pc.getSenders().forEach((sender) => sender.replaceTrack(null));
  }
  microphone.close();
  if (state() === "no-microphone") show("on");
}

export function hangUp() {
  rest();
  call = drop(call);
  coming = drop(coming);
  [awaited, tries] = [0, 0];
  hush();
  microphone.close();
}

function drop(made) {
  clearTimeout(made?.shaky);
  if (made) made.pc.onconnectionstatechange = null;
  made?.pc.close();
  return null;
}

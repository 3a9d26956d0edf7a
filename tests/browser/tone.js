// Put into a page before its own scripts: a tone instead of the microphone, and ears for what arrives.
//   tone.set(hz)  tone.on(true|false)        what the microphone gives from now on
//   heard.peak() → {hz, db}  heard.level(hz) → dB     of what the person hears now
//   heard.packets() → {in, out}              of all connections so far
//   heard.asked                              how often the page asked for a microphone
//   heard.connections                        the page's RTCPeerConnections
(() => {
  const asked = window.toneAsked;
  const players = new Set();
  const tracks = [];
  let context, oscillator, gain;

  const audio = () => {
    context ??= new AudioContext();
    if (context.state === "suspended") context.resume();
    return context;
  };
  // Chromium starts an AudioContext only after somebody has touched the page.
  addEventListener("click", () => context && context.resume(), true);

  window.tone = {
    set: (hz) => { asked.hz = hz; if (oscillator) oscillator.frequency.setValueAtTime(hz, context.currentTime); },
    on: (yes) => gain.gain.setValueAtTime(yes ? 0.5 : 0, context.currentTime),
  };

  const microphone = () => {
    const out = audio().createMediaStreamDestination();
    oscillator = new OscillatorNode(context, { frequency: asked.hz });
    gain = new GainNode(context, { gain: 0.5 });
    oscillator.connect(gain).connect(out);
    oscillator.start();
    return out.stream;
  };

  const heard = window.heard = { asked: 0, connections: [] };

  // A track is heard when an element plays it aloud; only then does it count.
  const aloud = (track) => [...players].some((player) => !player.paused && !player.muted && player.volume > 0
    && player.srcObject?.getTracks().includes(track));
  const listenTo = (track) => {
    const analyser = new AnalyserNode(audio(), { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    tracks.push({ track, analyser });
  };
  const spectrum = () => {
    const louder = new Float32Array(4096).fill(-200);
    for (const { track, analyser } of tracks) {
      if (track.readyState !== "live" || !aloud(track)) continue;
      const bins = new Float32Array(analyser.frequencyBinCount);
      analyser.getFloatFrequencyData(bins);
      bins.forEach((db, bin) => { if (db > louder[bin]) louder[bin] = db; });
    }
    return louder;
  };
  const width = () => context.sampleRate / 8192;

  heard.aloud = () => tracks.some(({ track }) => track.readyState === "live" && aloud(track));
  heard.peak = () => {
    if (!context) return { hz: 0, db: -200 };
    const bins = spectrum();
    const best = bins.reduce((so, db, bin) => (bin > 4 && db > bins[so] ? bin : so), 5);
    return { hz: best * width(), db: bins[best] };
  };
  heard.level = (hz) => {
    if (!context) return -200;
    const bin = Math.round(hz / width());
    return Math.max(...spectrum().slice(bin - 2, bin + 3));
  };
  heard.packets = async () => {
    const sum = { in: 0, out: 0 };
    for (const connection of heard.connections) {
      for (const report of (await connection.getStats()).values()) {
        if (report.type === "inbound-rtp") sum.in += report.packetsReceived;
        if (report.type === "outbound-rtp") sum.out += report.packetsSent;
      }
    }
    return sum;
  };

  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () { players.add(this); return play.call(this); };

  const Connection = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Connection {
    constructor(...given) {
      super(...given);
      heard.connections.push(this);
      this.addEventListener("track", ({ track }) => track.kind === "audio" && listenTo(track));
    }
  };

  if (navigator.mediaDevices) {
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      heard.asked += 1;
      return asked.hz ? microphone() : real(wanted);
    };
  }

  // Somebody who changed the page's scripts: what is told to stop goes on, and once `deaf` no news is listened to.
  if (asked.stubborn) {
    const Socket = window.WebSocket;
    window.WebSocket = class extends Socket {
      constructor(...given) {
        super(...given);
        for (const kind of ["message", "close"]) {
          this.addEventListener(kind, (event) => window.deaf && event.stopImmediatePropagation());
        }
        window.socket = this;
      }
    };
    Connection.prototype.close = () => {};
    MediaStreamTrack.prototype.stop = () => {};
    RTCRtpSender.prototype.replaceTrack = async () => {};
    Object.defineProperty(MediaStreamTrack.prototype, "enabled", { get: () => true, set: () => {} });
  }
})();

// Times as people read them: in their own zone and language. The server writes UTC into datetime.
//
//   <time datetime>                    the time of day
//   <time datetime data-local="date">  or "datetime"
//   <time datetime data-ago>           the time of day if it was today, else the day
//   <time datetime data-since>         how long ago, kept up to date

const language = document.documentElement.lang || undefined;
const formats = {
  time: { hour: "2-digit", minute: "2-digit" },
  day: { day: "numeric", month: "short" },
  date: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
  datetime: { dateStyle: "medium", timeStyle: "short" },
};
const format = Object.fromEntries(
  Object.entries(formats).map(([name, options]) => [name, new Intl.DateTimeFormat(language, options)]),
);
const lasting = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
const MINUTE = 60_000;

function words(dataset, at) {
  if ("since" in dataset) return since(at);
  if ("ago" in dataset) return format[at.toDateString() === new Date().toDateString() ? "time" : "day"].format(at);
  return (format[dataset.local] || format.time).format(at);
}

function since(at) {
  const minutes = Math.max(0, Math.floor((Date.now() - at) / MINUTE));
  if (minutes < 60) return lasting.format(-minutes, "minute");
  return minutes < 1440 ? lasting.format(-Math.floor(minutes / 60), "hour") : format.datetime.format(at);
}

export function write(time) {
  const at = new Date(time.dateTime);
  if (isNaN(at)) return;
  const text = words(time.dataset, at);
  if (time.textContent !== text) time.textContent = text;
  time.title = format.datetime.format(at);
}

const writeAll = (root) => root.querySelectorAll("time[datetime]").forEach(write);

document.addEventListener("htmx:afterSettle", ({ target }) => writeAll(target));
document.addEventListener("pieces:applied", ({ detail }) => [...detail.added, ...detail.changed].forEach(writeAll));
setInterval(() => document.querySelectorAll("time[data-since]").forEach(write), MINUTE / 2);
writeAll(document);

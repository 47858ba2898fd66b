// Numbers, sizes and times as people read them.

export function number(value) {
  return Math.round(value).toString().replace(/\B(?=(\d{3})+$)/g, ",");
}

export function size(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 || value >= 100 ? number(value) : value.toFixed(1)} ${units[unit]}`;
}

/** "1:02:03" or "2:03". */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}:${two(seconds % 60)}`;
  return `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

/** A rough length of time in words: "5 s", "12 min". */
export function roughly(ms, words) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return words("seconds", { n: seconds });
  if (seconds < 3600) return words("minutes", { n: Math.floor(seconds / 60) });
  if (seconds < 86_400) return words("hours", { n: Math.floor(seconds / 3600) });
  return words("days", { n: Math.floor(seconds / 86_400) });
}

/** Names as people count: 2 comes before 10. */
export function inOrder(names) {
  return [...names].sort(new Intl.Collator("en", { numeric: true }).compare);
}

/** Names without what all have in common: "job/worker-0.log", "job/worker-1.log" -> "0", "1". */
export function shortNames(names) {
  if (names.length < 2) return names;
  const stem = commonPrefix(names).replace(/[A-Za-z0-9]+$/, "");
  const rest = names.map((name) => name.slice(stem.length));
  const tail = reverse(commonPrefix(rest.map(reverse))).replace(/^[A-Za-z0-9]+/, "");
  return rest.map((name) => name.slice(0, name.length - tail.length) || name);
}

function commonPrefix(names) {
  let length = 0;
  while (length < names[0].length && names.every((name) => name[length] === names[0][length])) {
    length += 1;
  }
  return names[0].slice(0, length);
}

function reverse(text) {
  return [...text].reverse().join("");
}

// From series to what is drawn: a chart for each metric, a line for each job, run and split of it.

const WORDS = "train|training|valid|validation|val|eval|test";
const SPLIT = new RegExp(`^(${WORDS})[/_](?=.)`, "i");
const RUN = new RegExp(`(?:^|/)(${WORDS})$`, "i"); // a folder of event files, or a log
const SPLITS = new Map([
  ["training", "train"],
  ["validation", "valid"],
  ["val", "valid"],
  ["eval", "valid"],
]);
export const DASHES = new Map([
  ["valid", [6, 4]],
  ["test", [2, 3]],
]);

/** "val_loss" is the loss of the split "valid"; a name that tells no split has "". */
export function splitOf(name) {
  const found = SPLIT.exec(name);
  return found === null ? { base: name, split: "" } : { base: name.slice(found[0].length), split: meant(found) };
}

function meant([, word]) {
  return SPLITS.get(word.toLowerCase()) ?? word.toLowerCase();
}

function splitOfRun(file) {
  const found = RUN.exec(file);
  return found === null ? "" : meant(found);
}

/**
 * Charts of the series: `{base, title, sourceName, traces}`. With `merges`, files that tell the same of a job
 * become one line, the mean, with a band from the least to the greatest of them.
 */
export function chartsOf(series, { merges = false } = {}) {
  const charts = new Map();
  for (const [order, one] of series.entries()) {
    if (one.length === 0) continue;
    const { base, split: told } = splitOf(one.name);
    const split = told || splitOfRun(one.file);
    if (!charts.has(base)) charts.set(base, { base, lines: new Map() });
    const { lines } = charts.get(base);
    const key = keyOf(one.job, merges ? "" : one.file, split);
    if (!lines.has(key)) lines.set(key, { key, order, job: one.job, split, members: [] });
    lines.get(key).members.push(one);
  }
  return [...charts.values()].map(({ base, lines }) => {
    const traces = [...lines.values()].map(traceOf);
    const name = common(traces, "name") ?? base;
    const unit = common(traces, "unit");
    const title = unit ? `${name} (${unit})` : name;
    return { base, title, sourceName: traces[0].sourceName || title, traces };
  });
}

/** What all lines of a chart have in common; undefined where they differ. */
function common(traces, what) {
  const found = new Set(traces.map((one) => one[what]));
  return found.size === 1 ? [...found][0] : undefined;
}

function keyOf(...parts) {
  return JSON.stringify(parts);
}

function traceOf({ key, order, job, split, members }) {
  const [first] = members;
  const { name, unit, sourceName } = first;
  const file = members.length > 1 ? "" : first.file;
  const changes = members.reduce((sum, one) => sum + one.changes, 0);
  const source = members.length > 1 ? merged(members) : first;
  return { key, order, job, split, file, files: members.length, name, unit, sourceName, source, changes };
}

/** Several files that tell the same: at each step the mean, the least and the greatest of them. */
function merged(members) {
  const letter = members.every((one) => one.has("s")) ? "s" : "l";
  const groups = new Map(); // segment -> step -> what is told of it
  for (const one of members) addTo(groups, one, letter);
  const isPlaced = members.every((one) => one.has("b")); // else it is another log than that below
  const isOfEpochs = members.every((one) => one.has("e"));
  const letters = new Set(["v", "m", "M", "l", letter, ...(isPlaced ? "b" : ""), ...(isOfEpochs ? "e" : "")]);
  const columns = new Map([...letters].map((name) => [name, []]));
  const [segments, files] = [[], []];
  for (const [, steps] of [...groups].sort(byNumber)) {
    segments.push(files.length);
    for (const [step, told] of [...steps].sort(byNumber)) {
      columns.get("v").push(told.sum / told.count);
      columns.get("m").push(told.low);
      columns.get("M").push(told.high);
      columns.get("b")?.push(told.byte);
      columns.get("e")?.push(told.epoch);
      columns.get("l").push(told.line);
      if (letter === "s") columns.get("s").push(step);
      files.push(told.file);
    }
  }
  return {
    length: files.length,
    segments,
    files,
    members,
    letter,
    column: (name) => columns.get(name),
    has: (name) => columns.has(name),
  };
}

function byNumber([one], [other]) {
  return one - other;
}

function addTo(groups, one, letter) {
  const [values, steps] = [one.column("v"), one.column(letter)];
  const [lows, highs] = [one.column("m") ?? values, one.column("M") ?? values];
  const [bytes, lines, epochs] = [one.column("b"), one.column("l"), one.column("e")];
  let segment = -1;
  for (let at = 0; at < one.length; at += 1) {
    if (at === (one.segments[segment + 1] ?? (segment < 0 ? 0 : NaN))) segment += 1;
    if (!groups.has(segment)) groups.set(segment, new Map());
    const told = groups.get(segment).get(steps[at]);
    if (told === undefined) {
      groups.get(segment).set(steps[at], {
        sum: values[at],
        count: 1,
        low: lows[at],
        high: highs[at],
        byte: bytes?.[at],
        line: lines?.[at],
        epoch: epochs?.[at],
        file: one.file,
      });
      continue;
    }
    told.sum += values[at];
    told.count += 1;
    told.low = Math.min(told.low, lows[at]);
    told.high = Math.max(told.high, highs[at]);
  }
}

/** The last point of a source that is told between two bytes of a file; -1 where there is none. */
export function pointOf(source, file, from, to) {
  const { members = [source] } = source;
  for (const one of members) {
    if (one.file !== file) continue;
    const at = one.column("b")?.findLastIndex((byte) => byte >= from && byte < to) ?? -1;
    if (at >= 0) return one === source ? at : pointOfMember(source, one, at);
  }
  return -1;
}

/** Where a point of one of the merged files stands in what they are together. */
function pointOfMember({ segments, length, letter, column }, one, at) {
  const segment = one.segments.filter((start) => start <= at).length - 1;
  const [first = 0, end = length] = segments.slice(Math.max(0, segment));
  return first + column(letter).slice(first, end).indexOf(one.column(letter)[at]);
}

/** Which ways to count along the x axis the series know, the first of them by itself. */
export function waysAlong(series) {
  const has = (letter) => series.some((one) => one.has(letter));
  const ways = [];
  if (has("s") || has("l")) ways.push(has("s") ? "step" : "line");
  if (has("e")) ways.push("epoch");
  if (has("w")) ways.push(...(ways.length > 0 ? ["relative", "wall"] : ["wall", "relative"]));
  return ways.length > 0 ? ways : ["step"];
}

/** The places of points along the x axis; undefined where the source does not tell them. */
export function along(source, way) {
  if (way === "step") return source.column("s") ?? source.column("l");
  if (way === "line") return source.column("l");
  if (way === "epoch") return source.column("e");
  const wall = source.column("w");
  if (way === "wall" || wall === undefined) return wall;
  return Float64Array.from(wall, (seconds) => seconds - wall[0]);
}

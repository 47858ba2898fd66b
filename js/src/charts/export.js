// A chart as a file: the picture that is seen, and the numbers of it.

const MARGIN = 10; // pixels
const TITLE = 22;
const ROW = 18;
const SIGN = 12;
const FORMULA = /^[=+\-@\t\r]/; // what a table would compute

/** The numbers of what is drawn between `from` and `to`, as CSV; names never are formulas. */
export function csv(drawn, labels, [from, to]) {
  const rows = [["series", "step", "epoch", "wall_time", "value"]];
  for (const { trace, xs } of drawn) {
    const { source } = trace;
    const column = (letter) => source.column(letter);
    for (let at = 0; at < source.length; at += 1) {
      if (!(xs[at] >= from && xs[at] <= to)) continue;
      const numbers = [column("s"), column("e"), column("w"), column("v")].map((one) => one?.[at] ?? "");
      rows.push([name(trace, labels), ...numbers]);
    }
  }
  return rows.map((row) => `${row.map(quoted).join(",")}\r\n`).join("");
}

function name(trace, labels) {
  return [trace.name, labels(trace)].filter(Boolean).join(" · ");
}

function quoted(cell) {
  if (typeof cell === "number") return String(cell);
  const safe = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** A PNG of the chart on its page, under its title, with the names of its lines. */
export function png(canvas, { title, drawn, labels, colours, ratio }) {
  const named = drawn.filter(({ trace }) => labels(trace) !== "");
  const made = document.createElement("canvas");
  made.width = canvas.width + 2 * MARGIN * ratio;
  made.height = canvas.height + (TITLE + MARGIN * 2 + named.length * ROW) * ratio;
  const context = made.getContext("2d");
  context.fillStyle = colours.page;
  context.fillRect(0, 0, made.width, made.height);
  context.drawImage(canvas, MARGIN * ratio, (MARGIN + TITLE) * ratio);
  context.scale(ratio, ratio);
  context.textBaseline = "top";
  context.fillStyle = colours.ink;
  context.font = `bold ${colours.font}`;
  context.fillText(title, MARGIN, MARGIN);
  context.font = colours.font;
  named.forEach(({ trace }, row) => {
    const top = canvas.height / ratio + TITLE + MARGIN * 1.5 + row * ROW;
    context.fillStyle = colours.of(trace);
    context.fillRect(MARGIN, top + 5, SIGN, 3);
    context.fillStyle = colours.ink;
    context.fillText(labels(trace), MARGIN + SIGN + 6, top);
  });
  return new Promise((done) => made.toBlob(done, "image/png"));
}

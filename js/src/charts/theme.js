// Colours of charts: those of the page's theme, one for each job, or run, or split.

const SERIES = 8; // colours
const GRID = "55"; // how much of the grid is seen, in hex
const SIZE = "11px";

/** Reads the theme of `root` when it is asked; `arrange` tells what needs colours. */
export function themeOf(root) {
  let known = null;
  const places = new Map(); // kind of what has a colour -> what has it -> its number
  let numbers = new Map(); // those of the kind that is told apart now
  let keyOf = () => "";

  const read = () => {
    const style = getComputedStyle(root);
    const colour = (name) => style.getPropertyValue(`--mm-${name}`).trim();
    const series = Array.from({ length: SERIES }, (_, n) => colour(`series-${n}`));
    return {
      ink: colour("ink"),
      page: colour("page"),
      line: `${colour("line")}${GRID}`,
      font: `${SIZE} ${style.fontFamily}`,
      of: (trace) => series[(numbers.get(keyOf(trace)) ?? 0) % SERIES],
    };
  };
  return {
    colours: () => (known ??= read()),
    forget: () => (known = null),
    /** Who is told apart by colour: jobs, else files, else splits. */
    arrange(charts) {
      const traces = charts.flatMap((chart) => chart.traces);
      const kinds = ["job", "file", "split"];
      const kind = kinds.find((one) => new Set(traces.map((trace) => trace[one])).size > 1) ?? "split";
      keyOf = (trace) => trace[kind];
      if (!places.has(kind)) places.set(kind, new Map());
      numbers = places.get(kind);
      for (const trace of traces) {
        if (!numbers.has(keyOf(trace))) numbers.set(keyOf(trace), numbers.size);
      }
    },
    /** How a line is named in a chart, by what tells all charts apart; empty where there is but one. */
    label(trace, { traces }, told) {
      if (traces.length < 2 && !told.some((part) => part !== false)) return "";
      const isManyNames = new Set(traces.map(({ name }) => name)).size > 1;
      return [...told, isManyNames && trace.name].filter(Boolean).join(" · ") || trace.name;
    },
  };
}

// Colours of charts: those of the page's theme, one for each job, or run, or split.

const SERIES = 8; // colours
const GRID = "55"; // how much of the grid is seen, in hex
const SIZE = "11px";

/** Reads the theme of `root` when it is asked; `arrange` tells what needs colours. */
export function themeOf(root) {
  let known = null;
  const places = new Map(); // what has a colour -> its number
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
      of: (trace) => series[(places.get(keyOf(trace)) ?? 0) % SERIES],
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
      for (const trace of traces) {
        if (!places.has(keyOf(trace))) places.set(keyOf(trace), places.size);
      }
    },
    /** How a line is named in a chart; empty where there is but one. */
    label(trace, { traces }, isManyJobs, isManyFiles) {
      if (traces.length < 2 && !isManyJobs && !isManyFiles) return "";
      const isManyNames = new Set(traces.map(({ name }) => name)).size > 1;
      const parts = [isManyJobs && trace.job, isManyFiles && trace.file, isManyNames && trace.name];
      return parts.filter(Boolean).join(" · ") || trace.name;
    },
  };
}

// How somebody looks at charts, as it lasts over a reload of the page: it is part of the widget's state.

const MOST = 200; // lines, and charts
const NOW = { way: "step", isLog: false, weight: 0, isCore: false, isMerged: true };

/** What was kept, which may be anything; what is not as it should be is left out. */
export function restored(kept) {
  const told = kept !== null && typeof kept === "object" ? kept : {};
  const look = { ...NOW };
  for (const [name, usual] of Object.entries(NOW)) {
    if (Object.hasOwn(told, name) && typeof told[name] === typeof usual) look[name] = told[name];
  }
  const hidden = listOf(told.hidden).filter((key) => typeof key === "string");
  const zooms = listOf(told.zooms).filter(
    (one) => Array.isArray(one) && typeof one[0] === "string" && Number.isFinite(one[1]) && Number.isFinite(one[2]),
  );
  return { look, hidden: new Set(hidden), zooms: new Map(zooms.map(([base, from, to]) => [base, [from, to]])) };
}

/** The same as JSON values. */
export function keptOf({ look, hidden, zooms }) {
  const names = Object.keys(NOW);
  return {
    ...Object.fromEntries(names.map((name) => [name, look[name]])),
    hidden: [...hidden].slice(0, MOST),
    zooms: [...zooms].slice(0, MOST).map(([base, range]) => [base, ...range]),
  };
}

function listOf(told) {
  return Array.isArray(told) ? told : [];
}

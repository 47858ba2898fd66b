// Which keys charts use while the focus is inside them; all others reach the notebook around.

const MOVES = new Set("ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown".split(" "));
const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab leaves the keys in such an element alone

/** What a key does in a chart; undefined for none. */
export const IN_PLOT = {
  ArrowLeft: (plot) => plot.step(-1),
  ArrowRight: (plot) => plot.step(1),
  PageUp: (plot) => plot.step(-10),
  PageDown: (plot) => plot.step(10),
  Home: (plot) => plot.step(-Infinity),
  End: (plot) => plot.step(Infinity),
  "+": (plot) => plot.zoomBy(0.5),
  "-": (plot) => plot.zoomBy(2),
  0: (plot) => plot.zoomBy(0),
};

export function listenToKeys(root, signal) {
  // JupyterLab may look at a key before it comes here.
  const beforeAll = (event) => {
    if (root.contains(event.target)) root.toggleAttribute(SUPPRESS, isUsed(event));
  };
  window.addEventListener("keydown", beforeAll, { capture: true, signal });
  root.addEventListener("keydown", (event) => isUsed(event) && event.stopPropagation(), { signal });
}

function isUsed({ target, key, ctrlKey, metaKey, altKey }) {
  if (ctrlKey || metaKey || altKey) return false;
  if (target.matches(".mm-plot")) return Object.hasOwn(IN_PLOT, key) || key === "Enter" || key === "Escape";
  if (target.matches("button")) return key === "Enter" || key === " ";
  if (target.matches("select")) return MOVES.has(key) || key === "Enter" || key.length === 1;
  return target.matches("input") && (MOVES.has(key) || key === " ");
}

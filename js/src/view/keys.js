// Which keys the panel uses while the focus is inside it. All others reach the notebook around.

const FIELD = "input, textarea";
const MOVES = new Set("ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown".split(" "));
const EDITS = new Set(["Backspace", "Delete", "Enter"]);
const SUPPRESS = "data-lm-suppress-shortcuts"; // JupyterLab leaves the keys in such an element alone

// Single keys, as less, vi and GitHub have them.
export const SINGLE = {
  "/": "search",
  n: "nextMatch",
  N: "previousMatch",
  e: "nextError",
  E: "previousError",
  g: "goToStart",
  G: "goToEnd",
  f: "follow",
  w: "wrap",
  y: "copyAddress",
  z: "fold",
  "?": "keys",
};

/** @param {{search: object, text: LogText, actions: Record<string, Function>, signal: AbortSignal}} options */
export function listenToKeys(root, { search, text, actions, signal }) {
  // JupyterLab may look at a key before it comes here.
  const beforeAll = (event) => {
    if (root.contains(event.target)) root.toggleAttribute(SUPPRESS, isUsed(event));
  };
  window.addEventListener("keydown", beforeAll, { capture: true, signal });
  root.addEventListener("keydown", (event) => onKey(event, { search, text, actions }), { signal });
}

function onKey(event, { search, text, actions }) {
  if (isFind(event)) search.open();
  else if (event.key === "F3") text.findNext(!event.shiftKey);
  else if (isSingle(event)) actions[SINGLE[event.key]]();
  if (isFind(event) || event.key === "F3" || isSingle(event)) event.preventDefault();
  if (isUsed(event)) event.stopPropagation();
}

function isFind({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  return (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === "f";
}

function isSingle({ target, key, ctrlKey, metaKey, altKey }) {
  const isAlone = !ctrlKey && !metaKey && !altKey && Object.hasOwn(SINGLE, key);
  return isAlone && target.closest(`${FIELD}, select, .mm-menu`) === null;
}

/** Whether the panel does something with a key, or the browser does in one of its elements. */
export function isUsed(event) {
  const { target, key, ctrlKey, metaKey, altKey, shiftKey } = event;
  if (isFind(event) || key === "F3" || isSingle(event)) return true;
  if (key === "Escape") return target.closest(".mm-search, .mm-compare, .mm-question, .mm-menu, .mm-keys") !== null;
  const isMod = ctrlKey || metaKey;
  const isMove = MOVES.has(key);
  const isTyped = key.length === 1 && (!isMod || (ctrlKey && altKey));
  if (target.matches(FIELD)) {
    const isEdited = isMove || EDITS.has(key) || (shiftKey ? "vz" : "acvxyz").includes(key.toLowerCase());
    return isTyped || (isEdited && !(isMod && key === "Enter"));
  }
  if (target.matches("select")) return !isMod && (isTyped || isMove || key === "Enter");
  if (isMove && target.closest(".mm-menu") !== null) return true;
  if (target.matches("button")) return !isMod && !shiftKey && (key === "Enter" || key === " ");
  if (target.closest(".cm-editor, .mm-lanes") === null || altKey) return false;
  return isMove || (isMod && !shiftKey && "ac".includes(key.toLowerCase()));
}

// Where the log view lies in a page, for all models of a kernel: it travels once, in the state of one
// widget, and each panel brings only what fetches it from here.

const SHELF = Symbol.for("modelarts-magics.log-view");

/** The view that goes by `key`; `taken` resolves to it as soon as somebody has `put` it here. */
export function shelved(key) {
  const shelf = (globalThis[SHELF] ??= new Map());
  if (!shelf.has(key)) {
    let put;
    const taken = new Promise((resolve) => {
      put = resolve;
    });
    shelf.set(key, { taken, put });
  }
  return shelf.get(key);
}

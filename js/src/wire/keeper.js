// How somebody looks at a widget, as it lasts over a reload of the page.

/**
 * What lets the kernel keep a part of that, in the state `kept` that a page gets again; the other parts
 * stay as they are. To save it from here would save other parts of the state, too, which the kernel
 * knows better.
 */
export function keeper(model) {
  return (part) => {
    try {
      model.send({ kind: "kept", kept: part });
    } catch (error) {
      console.debug("log view: not kept", error); // the kernel has ended
    }
  };
}

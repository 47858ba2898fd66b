// Other jobs in the charts: a field with the jobs that there are, and those that are compared.

import { button, element } from "./dom.js";

let made = 0;

/** A strip that opens when somebody wants to compare; the kernel tells which jobs there are. */
export function compareStrip({ words, onCompare, onLeave, onClose }) {
  const offered = element("datalist", { id: `mm-jobs-${(made += 1)}` });
  const field = element("input", {
    type: "text",
    list: offered.id,
    spellcheck: "false",
    autocomplete: "off",
    placeholder: words("compareJob"),
    "aria-label": words("compareJob"),
    "data-action": "compare_job",
    onkeydown: (event) => event.key === "Enter" && compare(),
  });
  const compare = () => {
    const job = field.value.trim();
    if (job !== "") onCompare(job);
    field.value = "";
  };
  const close = () => {
    strip.hidden = true;
    onClose();
  };
  const chosen = element("span", { class: "mm-compared" });
  const strip = element(
    "div",
    {
      class: "mm-strip mm-compare",
      role: "group",
      "aria-label": words("compare"),
      hidden: true,
      onkeydown: (event) => event.key === "Escape" && close(),
    },
    words("compareWith"),
    field,
    offered,
    button(words("compareAdd"), compare, { "data-action": "compare_add" }),
    chosen,
    element("span", { class: "mm-space" }),
    button("×", close, { title: words("close"), "aria-label": words("close"), "data-action": "compare_close" }),
  );
  let shown = "";

  return {
    element: strip,
    open() {
      strip.hidden = false;
      field.focus();
    },
    /** Take which jobs there are, from the kernel. */
    hear(names) {
      offered.replaceChildren(...names.map((name) => element("option", { value: name })));
    },
    /** Show which jobs are compared. */
    show(names) {
      const key = JSON.stringify(names);
      if (key === shown) return;
      shown = key;
      const leaving = (name) => {
        const label = words("compareLeave", { job: name });
        return button(`${name} ×`, () => onLeave(name), { dir: "auto", title: label, "aria-label": label });
      };
      chosen.replaceChildren(...names.map(leaving));
    },
  };
}

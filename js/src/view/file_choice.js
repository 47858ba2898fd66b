// Which log file is shown: chosen from a list, or of many by typing a part of its name.

import { element } from "./dom.js";

const FEW = 20; // files that are found by looking through a list

let made = 0;

/**
 * The file that a text means: the one of that name, else the first whose name ends with it or has it;
 * undefined where there is none.
 */
export function meant(files, typed) {
  const wanted = typed.trim().toLowerCase();
  const tests = [(name) => name === wanted, (name) => name.endsWith(wanted), (name) => name.includes(wanted)];
  const test = tests.find((one) => files.some((name) => one(name.toLowerCase())));
  return test && files.find((name) => test(name.toLowerCase()));
}

/** @param {{words: Function, onChoose: (file: string) => void}} options "" is all files */
export function fileChoice({ words, onChoose }) {
  const select = element("select", {
    class: "mm-file",
    "aria-label": words("file"),
    onchange: () => onChoose(select.value),
  });
  const list = element("datalist", { id: `mm-files-${(made += 1)}` });
  const choose = (file) => {
    if (file !== chosen) onChoose(file);
    typed.value = file;
  };
  const take = () => {
    const file = typed.value.trim() === "" ? "" : meant(files, typed.value);
    const problem = file === undefined ? words("noFile", { name: typed.value }) : "";
    typed.setCustomValidity(problem);
    if (problem !== "") return typed.reportValidity();
    choose(file);
    return typed.select();
  };
  const typed = element("input", {
    class: "mm-typed-file",
    "aria-label": words("file"),
    list: list.id,
    autocomplete: "off",
    spellcheck: "false",
    title: words("typeFile"),
    onfocus: () => typed.select(),
    oninput: ({ inputType }) => {
      typed.setCustomValidity("");
      const isPicked = (inputType ?? "insertReplacementText") === "insertReplacementText";
      if (isPicked && files.includes(typed.value)) choose(typed.value);
    },
    onkeydown: (event) => {
      if (event.key === "Enter") take();
      if (event.key === "Escape") typed.value = chosen;
    },
    onblur: () => {
      typed.setCustomValidity("");
      typed.value = chosen;
    },
  });
  let files = [];
  let chosen = "";

  return {
    elements: [select, typed, list],
    show(names, file) {
      select.hidden = names.length < 2 || names.length > FEW;
      typed.hidden = names.length <= FEW;
      if (file !== chosen && document.activeElement !== typed) typed.value = file;
      chosen = file;
      if (names.join("\n") !== files.join("\n")) {
        const options = names.map((one) => element("option", { value: one }, one));
        const few = names.length > FEW ? [] : options;
        select.replaceChildren(element("option", { value: "" }, words("allFiles")), ...few);
        list.replaceChildren(...(names.length > FEW ? options : []));
        typed.placeholder = words("someFiles", { n: names.length });
        files = names;
      }
      select.value = file;
    },
  };
}

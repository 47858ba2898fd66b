// The search line: pattern, how it is meant, which match this is.

import { number } from "../text/format.js";
import { button, element, toggle, write } from "./dom.js";

/** @param {{words: Function, onSearch: (query, {isFilter}) => void, onNext: (isForward) => void}} options */
export function searchBar({ words, onSearch, onNext, onLine, onClose }) {
  const query = { pattern: "", isRegexp: false, isCaseSensitive: false };
  let isFilter = false;
  const changed = (change) => {
    Object.assign(query, change);
    onSearch({ ...query }, { isFilter });
  };
  const input = element("input", {
    class: "mm-pattern",
    type: "text",
    spellcheck: "false",
    autocomplete: "off",
    placeholder: words("searchFor"),
    "aria-label": words("searchFor"),
    oninput: () => changed({ pattern: input.value }),
    onkeydown: (event) => {
      if (event.key === "Enter") onNext(!event.shiftKey);
    },
  });
  const line = element("input", {
    class: "mm-line",
    inputmode: "numeric",
    placeholder: words("goToLine"),
    "aria-label": words("goToLine"),
    onkeydown: (event) => {
      const wanted = Number.parseInt(line.value.replace(/\D/g, ""), 10);
      if (event.key === "Enter" && wanted > 0) onLine(wanted);
    },
  });
  const count = element("span", { class: "mm-count", "aria-live": "polite", "aria-atomic": "true" });
  const elsewhere = element("span", { class: "mm-elsewhere", "aria-live": "polite" });
  const close = () => {
    bar.hidden = true;
    onSearch({ ...query, pattern: "" }, { isFilter: false });
    onClose();
  };
  const titled = (key) => ({ title: words(key), "aria-label": words(key) });
  const bar = element(
    "div",
    {
      class: "mm-search",
      role: "search",
      hidden: true,
      onkeydown: (event) => event.key === "Escape" && close(),
    },
    input,
    toggle("Aa", (isOn) => changed({ isCaseSensitive: isOn }), {
      "data-action": "case",
      ...titled("matchCase"),
    }),
    toggle(".*", (isOn) => changed({ isRegexp: isOn }), {
      "data-action": "regexp",
      ...titled("useRegexp"),
    }),
    button("↑", () => onNext(false), { "data-action": "previous", ...titled("previousMatch") }),
    button("↓", () => onNext(true), { "data-action": "next", ...titled("nextMatch") }),
    toggle(words("onlyMatching"), (isOn) => ((isFilter = isOn), changed({})), {
      "data-action": "only_matching",
    }),
    count,
    elsewhere,
    element("span", { class: "mm-space" }),
    line,
    button("×", close, { "data-action": "close_search", ...titled("close") }),
  );

  return {
    element: bar,
    get isAsked() {
      return !bar.hidden && query.pattern !== "";
    },
    openLine() {
      bar.hidden = false;
      line.focus();
      line.select();
    },
    open() {
      if (bar.hidden && query.pattern !== "") {
        bar.hidden = false;
        changed({});
      }
      bar.hidden = false;
      input.focus();
      input.select();
    },
    show({ matcher, result, beyond }) {
      write(count, told(words, query, matcher, result));
      write(elsewhere, matcher ? toldBeyond(words, beyond) : "");
      count.setAttribute("aria-busy", String(!result.isDone));
      input.setAttribute("aria-invalid", String(matcher === undefined));
    },
  };
}

function told(words, { pattern }, matcher, { n, total, isDone, isNone, isSlow }) {
  if (pattern === "" || matcher === null) return "";
  if (matcher === undefined) return words(isSlow ? "slowPattern" : "badPattern");
  const m = `${number(total)}${isDone ? "" : "+"}`;
  if (n !== null) return words("matches", { n: number(n), m });
  if (isDone && total === 0) return words("noMatch");
  return isNone && total === 0 ? words("noMatch") : words("matchCount", { m });
}

function toldBeyond(words, { count, isDone, isGoing, problem }) {
  if (problem !== "") return words("notSearched", { reason: problem });
  if (isGoing) return words("going");
  if (count === 0) return isDone ? "" : words("searchingBeyond");
  return words("linesBeyond", { n: `${number(count)}${isDone ? "" : "+"}` });
}

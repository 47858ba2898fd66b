// The buttons. What concerns the job goes to the kernel; all else happens here.

import { button, element, toggle, write } from "./dom.js";

/** @param {{words: Function, do: Record<string, Function>}} options `do` holds what buttons do */
export function toolbar({ words, actions }) {
  const pause = button(words("pause"), actions.pause, { "data-action": "pause" });
  const refresh = button(words("refresh"), actions.refresh, { "data-action": "refresh" });
  const stopFollowing = button(words("stopFollowing"), actions.stopFollowing, {
    "data-action": "stop_following",
  });
  const file = element("select", {
    class: "mm-file",
    "aria-label": words("file"),
    onchange: () => actions.file(file.value),
  });
  const events = toggle(words("events"), actions.events, { "data-action": "events" });
  const line = element("input", {
    class: "mm-line",
    inputmode: "numeric",
    placeholder: words("goToLine"),
    "aria-label": words("goToLine"),
    onkeydown: (event) => {
      const wanted = Number.parseInt(line.value.replace(/\D/g, ""), 10);
      if (event.key === "Enter" && wanted > 0) actions.goToLine(wanted);
    },
  });
  const search = button(words("search"), actions.search, { "data-action": "search" });
  const stopJob = confirmed({ words, onConfirm: actions.stopJob });
  const bar = element(
    "div",
    { class: "mm-toolbar", role: "toolbar", "aria-label": words("tools") },
    file,
    group(pause, refresh, stopFollowing),
    group(
      search,
      button(words("firstError"), actions.firstError, { "data-action": "first_error" }),
      line,
    ),
    events,
    group(
      toggle(words("wrap"), actions.wrap, { "data-action": "wrap" }),
      toggle(words("hidePlatform"), actions.hidePlatform, { "data-action": "hide_platform" }),
      toggle(words("numbers"), actions.numbers, { "data-action": "numbers", "aria-pressed": "true" }),
    ),
    group(
      button(words("copy"), actions.copy, { "data-action": "copy" }),
      button(words("download"), actions.download, { "data-action": "download" }),
      button(words("clear"), actions.clear, { "data-action": "clear" }),
    ),
    stopJob.element,
  );

  return {
    element: bar,
    focusSearch: () => search.focus(),
    pressEvents: (isOn) => events.setAttribute("aria-pressed", String(isOn)),
    show({ state, isPaused, files, chosen }) {
      write(pause, words(isPaused ? "resume" : "pause"));
      pause.disabled = refresh.disabled = Boolean(state.finished);
      write(stopFollowing, words(state.following === false ? "notFollowing" : "stopFollowing"));
      stopFollowing.disabled = state.following === false || Boolean(state.finished);
      events.hidden = !state.tells_more;
      stopJob.show(Boolean(state.can_stop_job));
      showFiles(file, files, chosen, words);
    },
  };
}

function group(...children) {
  return element("span", { class: "mm-group" }, ...children);
}

function showFiles(select, files, chosen, words) {
  select.hidden = files.length < 2;
  const key = files.join("\n");
  if (select.dataset.files !== key) {
    select.dataset.files = key;
    const options = files.map((name) => element("option", { value: name }, name));
    select.replaceChildren(element("option", { value: "" }, words("allFiles")), ...options);
  }
  select.value = chosen;
}

/** A button that asks once more, in its own place. */
function confirmed({ words, onConfirm }) {
  const ask = button(words("stopJob"), () => open(true), {
    class: "mm-danger",
    "data-action": "stop_job",
  });
  const no = button(words("no"), () => open(false), { "data-action": "stop_job_no" });
  const yes = button(words("yesStop"), () => (open(false), onConfirm()), {
    class: "mm-danger",
    "data-action": "stop_job_yes",
  });
  const question = element(
    "span",
    {
      class: "mm-question",
      role: "group",
      "aria-label": words("stopJobSure"),
      hidden: true,
      onkeydown: (event) => event.key === "Escape" && open(false),
    },
    words("stopJobSure"),
    " ",
    yes,
    no,
  );
  const open = (isOpen) => {
    question.hidden = !isOpen;
    ask.hidden = isOpen;
    (isOpen ? no : ask).focus();
  };
  const both = element("span", { class: "mm-group" }, ask, question);
  return {
    element: both,
    show(isPossible) {
      both.hidden = !isPossible;
    },
  };
}

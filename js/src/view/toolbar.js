// One row of buttons, and a menu of the rest. What concerns the job goes to the kernel; all else
// happens here.

import { button, element, iconButton, iconToggle, label, showIcon, write } from "./dom.js";
import { fileChoice } from "./file_choice.js";
import { menu } from "./menu.js";
import { inOrder } from "../text/format.js";

/** @param {{words: Function, actions: Record<string, Function>, signal: AbortSignal}} options */
export function toolbar({ words, actions, signal }) {
  const pause = iconButton("pause", words("pause"), actions.pause, { "data-action": "pause" });
  const file = fileChoice({ words, onChoose: actions.file });
  const search = iconButton("search", `${words("search")} (/)`, actions.search, {
    "data-action": "search",
    "aria-label": words("search"),
  });
  const nextError = iconButton("nextError", `${words("nextError")} (e)`, actions.nextError, {
    "data-action": "next_error",
    "aria-label": words("nextError"),
  });
  const lasting = (name) => (isOn) => {
    actions[name](isOn);
    actions.turned(name, isOn);
  };
  const wrap = iconToggle("wrap", words("wrap"), lasting("wrap"), { "data-action": "wrap" });
  const events = iconToggle("events", words("events"), actions.events, { "data-action": "events" });
  const charts = iconToggle("charts", words("charts"), lasting("charts"), { "data-action": "charts" });
  charts.setAttribute("aria-pressed", "true");
  const bell = iconToggle("bell", words("bell"), actions.bell, { "data-action": "bell" });
  const download = iconButton("download", words("download"), actions.download, {
    "data-action": "download",
  });
  const fullScreen = iconButton("fullScreen", words("fullScreen"), actions.fullScreen, {
    "data-action": "full_screen",
  });
  fullScreen.hidden = !document.fullscreenEnabled;

  const rest = menu({ label: words("moreTools"), signal });
  const refresh = rest.action(words("refresh"), actions.refresh, { "data-action": "refresh" });
  const stopFollowing = rest.action(words("stopFollowing"), actions.stopFollowing, {
    "data-action": "stop_following",
  });
  rest.line();
  rest.action(words("firstError"), actions.firstError, { "data-action": "first_error" });
  rest.action(words("lastError"), actions.lastError, { "data-action": "last_error_of_all" });
  rest.action(words("goToLine"), actions.wantLine, { "data-action": "go_to_line" });
  const compare = rest.action(words("compare"), actions.compare, { "data-action": "compare" });
  rest.line();
  const numbers = rest.choice(words("numbers"), lasting("numbers"), { "data-action": "numbers", isOn: true });
  const fold = rest.choice(words("fold"), lasting("fold"), { "data-action": "fold" });
  const hidePlatform = rest.choice(words("hidePlatform"), lasting("hidePlatform"), {
    "data-action": "hide_platform",
  });
  const differing = rest.choice("", lasting("differing"), { "data-action": "differing" });
  let wasWrapped = false;
  const showLanes = (isOn) => { // long lines wrap in narrow columns, unless one does not want that
    const isWrapped = wrap.getAttribute("aria-pressed") === "true";
    if (isOn) wasWrapped = isWrapped;
    if (isWrapped !== (isOn || wasWrapped)) wrap.click();
    lasting("lanes")(isOn);
  };
  const lanes = rest.choice(words("lanes"), showLanes, { "data-action": "lanes" });
  rest.action(words("clear"), actions.clear, { "data-action": "clear" });
  rest.line();
  rest.action(words("copy"), actions.copy, { "data-action": "copy" });
  rest.action(words("copyMarkdown"), actions.copyMarkdown, { "data-action": "copy_markdown" });
  rest.action(words("copyAddress"), actions.copyAddress, { "data-action": "copy_address" });
  rest.action(words("keys"), actions.keys, { "data-action": "keys" });
  const stopJob = rest.action(words("stopJob"), () => question.open(), {
    class: "mm-danger",
    "data-action": "stop_job",
  });
  const question = confirmed({ words, onConfirm: actions.stopJob, onLeave: rest.focus });

  const bar = element(
    "div",
    { class: "mm-toolbar", role: "toolbar", "aria-label": words("tools") },
    ...file.elements,
    pause,
    search,
    nextError,
    wrap,
    events,
    charts,
    element("span", { class: "mm-space" }),
    bell,
    download,
    fullScreen,
    rest.element,
  );

  const switches = { wrap, charts, numbers, fold, hidePlatform, differing, lanes };
  const merged = { numbers, fold }; // what side by side is not done
  const stateOf = (made) => (made.hasAttribute("aria-pressed") ? "aria-pressed" : "aria-checked");

  return {
    elements: [bar, question.element],
    /** Turn on and off what was so in the page before; what that says may be anything. */
    restore(kept) {
      for (const [name, made] of Object.entries(switches)) {
        const isOn = kept[name];
        if (typeof isOn !== "boolean" || made.getAttribute(stateOf(made)) === String(isOn)) continue;
        made.setAttribute(stateOf(made), String(isOn));
        actions[name](isOn);
      }
    },
    pressEvents: (isOn) => events.setAttribute("aria-pressed", String(isOn)),
    toggleWrap: () => wrap.click(),
    turnBell: () => bell.click(),
    toggleFold() { // by a key, so that the focus stays
      if (fold.disabled) return;
      const isOn = fold.getAttribute("aria-checked") !== "true";
      fold.setAttribute("aria-checked", String(isOn));
      lasting("fold")(isOn);
    },
    show({ state, isPaused, files, chosen, hasCharts, isInLanes }) {
      charts.hidden = !hasCharts;
      label(pause, words(isPaused ? "resume" : "pause"));
      showIcon(pause, isPaused ? "resume" : "pause");
      pause.disabled = refresh.disabled = Boolean(state.finished);
      write(stopFollowing, words(state.following === false ? "notFollowing" : "stopFollowing"));
      stopFollowing.disabled = state.following === false || Boolean(state.finished);
      events.hidden = !state.tells_more;
      compare.hidden = !state.can_compare;
      stopJob.hidden = !state.can_stop_job;
      if (!state.can_stop_job) question.close();
      file.show(files, chosen);
      for (const [name, made] of Object.entries(merged)) {
        made.disabled = isInLanes;
        write(made, isInLanes ? words("notInLanes", { tool: words(name) }) : words(name));
      }
      differing.hidden = lanes.hidden = files.length < 2 || chosen !== "";
      if (!differing.hidden) write(differing, words("differing", { name: inOrder(files)[0] }));
    },
  };
}

/** A question in a line of its own, below the buttons. */
function confirmed({ words, onConfirm, onLeave }) {
  const close = () => (asked.hidden = true);
  const leave = () => (close(), onLeave());
  const no = button(words("no"), leave, { "data-action": "stop_job_no" });
  const yes = button(words("yesStop"), () => (leave(), onConfirm()), {
    class: "mm-danger",
    "data-action": "stop_job_yes",
  });
  const asked = element(
    "div",
    {
      class: "mm-strip mm-question",
      role: "group",
      "aria-label": words("stopJobSure"),
      hidden: true,
      onkeydown: (event) => event.key === "Escape" && leave(),
    },
    words("stopJobSure"),
    " ",
    yes,
    no,
  );
  return {
    element: asked,
    close,
    open() {
      asked.hidden = false;
      no.focus();
    },
  };
}

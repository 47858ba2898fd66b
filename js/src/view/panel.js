// One view of a log: header, buttons, search, notices and the text, tied to the model.

import { number, size } from "../text/format.js";
import { translator } from "../text/messages.js";
import css from "./style.css";
import { button, element, write } from "./dom.js";
import { bell } from "./bell.js";
import { addressOf, asMarkdown } from "./address.js";
import { copy, fileName, save, wholeLog } from "./export.js";
import { Frames } from "./frames.js";
import { Header } from "./header.js";
import { listenToKeys } from "./keys.js";
import { keyTable } from "./key_table.js";
import { LogText } from "./log_text.js";
import { compareStrip } from "./compare_strip.js";
import { chartStrip } from "./chart_strip.js";
import { eventStrip } from "./event_strip.js";
import { notices } from "./notices.js";
import { searchBar } from "./search_bar.js";
import { followTheme, themeCss } from "./theme.js";
import { keeper } from "../wire/keeper.js";
import { watchKernel } from "../wire/kernel.js";
import { toolbar } from "./toolbar.js";

const SECOND = 1000; // ms
const HEIGHT = "26em";
const WITHOUT_KERNEL = {
  finished: true,
  following: false,
  can_stop_job: false,
  can_compare: false,
  elapsed_running: false,
  progress: null,
  updated_ms: 0,
  trouble: "",
};

/** Fill `el` until `signal` is aborted. */
export function openPanel({ model, el, connection, signal }) {
  const options = () => model.get("options") ?? {};
  let kernelOver = null; // what is so of the state once nothing feeds the view
  const state = () => {
    const told = model.get("state") ?? {};
    const reason = () => words("kernelOver", options());
    return kernelOver === null ? told : { ...told, ...kernelOver, reason: reason() };
  };
  const passed = (told) => (told.elapsed_running ? performance.now() - connection.toldAt : 0); // ms
  const language = options().language === "zh" ? "zh" : "en";
  const words = translator(language);
  const { feed, needs } = connection;
  const frames = new Frames();
  let isPaused = Boolean(state().paused);

  const header = new Header({ words: () => words });
  const textBox = element("div", { class: "mm-text" });
  const toEnd = button("", () => text.goToEnd(), { class: "mm-to-end", hidden: true });
  const frame = element("div", { class: "mm-frame" }, textBox, toEnd);
  const root = element("section", {
    class: "mm-log",
    lang: language === "zh" ? "zh-CN" : "en",
  });

  const files = () => [...new Set([...(state().files ?? []), ...feed.names])];
  const setPaused = (value) => {
    isPaused = value;
    text.setPaused(value);
    update();
  };
  // What is here may be the whole log. If not, the kernel has it or reads it, and what is not large
  // comes into the view that asked.
  let isSaving = false;
  const saveFile = () => {
    const { file } = text.reader;
    const chosen = file === "" ? files() : [file];
    const here = files().reduce((sum, name) => sum + (feed.spans(name)?.bytes ?? 0), 0);
    const logs = here < state().bytes ? [] : chosen.map((name) => wholeLog(feed, name));
    if (logs.length > 0 && !logs.includes(null)) {
      const { title, version } = state();
      chosen.forEach((name, index) => save(logs[index], fileName(title, version, name)));
      const bytes = chosen.reduce((sum, name) => sum + feed.spans(name).bytes, 0);
      notice.say(words("downloaded", { bytes: size(bytes) }));
      return;
    }
    isSaving = true;
    notice.say(words("reading"));
    connection.act("download", file);
  };
  const onSaving = ({ said, files }, buffers) => {
    if (!isSaving) return;
    if (files.length === 0) return notice.say(said);
    isSaving = false;
    files.forEach(({ name, path }, index) => path === "" && save([buffers[index]], name));
    const told = files.map(({ size: bytes, path }) =>
      words(path === "" ? "downloaded" : "written", { bytes: size(bytes), path }),
    );
    notice.say([...new Set(told)].join(" "));
  };
  const copyText = async () => {
    const { text: copied, lines } = text.copyText();
    const isCopied = await copy(copied);
    notice.say(isCopied ? words("copied", { lines: number(lines) }) : words("notCopied"));
  };
  const address = () => addressOf(text.placeHere(), { command: options().command, files: files() });
  const copyAddress = async () => {
    const told = address();
    if (told === null) return notice.say(words("noAddress"));
    const isCopied = await copy(told);
    notice.say(isCopied ? words("copiedAddress", { address: told }) : words("notCopied"));
  };
  const copyMarkdown = async () => {
    const { text: copied, lines } = text.copyText();
    const isCopied = await copy(asMarkdown(copied, address()));
    notice.say(isCopied ? words("copied", { lines: number(lines) }) : words("notCopied"));
  };
  const showFile = (name) => {
    text.showFile(name);
    charts.fileChosen();
  };
  const noError = () => notice.say(words("noError"));

  const actions = {
    pause() {
      connection.act(isPaused ? "resume" : "pause");
      setPaused(!isPaused);
    },
    refresh: () => connection.act("refresh"),
    stopFollowing: () => connection.act("stop_following"),
    stopJob() {
      connection.act("stop_job");
      notice.say(words("stopping"));
    },
    file(name) {
      connection.act("file", name);
      showFile(name);
      update();
    },
    events(isOn) {
      strip.open(isOn);
      connection.act("events", isOn);
    },
    charts: (isOn) => charts.open(isOn),
    compare() {
      connection.act("jobs");
      compared.open();
    },
    search: () => search.open(),
    nextMatch: () => (search.isAsked ? text.findNext(true) : search.open()),
    previousMatch: () => (search.isAsked ? text.findNext(false) : search.open()),
    firstError: () => text.findError("first", noError),
    lastError: () => text.findError("last", noError),
    nextError: () => text.findError("next", noError),
    previousError: () => text.findError("previous", noError),
    wantLine: () => search.openLine(),
    goToLine: (line) => text.goToLine(line),
    goToStart: () => text.goToStart(),
    goToEnd: () => text.goToEnd(),
    follow: () => (text.follow.isOn ? text.follow.set(false) : text.goToEnd()),
    wrap: (isOn) => text.wrap(isOn),
    keys: () => keys.toggle(),
    turned(name, isOn) {
      turned[name] = isOn;
      keep({ tools: turned });
    },
    fullScreen: () => (document.fullscreenElement === root ? document.exitFullscreen() : root.requestFullscreen()),
    bell: (isOn) => ring.turn(isOn),
    fold: (isOn) => text.fold(isOn),
    hidePlatform: (isOn) => text.hidePlatform(isOn),
    differing: (isOn) => text.showDiffering(isOn),
    lanes: (isOn) => text.showLanes(isOn),
    numbers: (isOn) => text.showNumbers(isOn),
    copy: copyText,
    copyAddress,
    copyMarkdown,
    download: saveFile,
    clear: () => text.clear(true),
    showAgain: () => text.clear(false),
    loadEarlier: () => text.loadEarlier(),
    loadAll: () => text.loadAll(),
  };
  const keep = keeper(model);
  const turned = { ...model.get("kept")?.tools };
  const ring = bell({ title: () => state().title ?? "", signal });
  const tools = toolbar({ words, actions, signal });
  if (options().rings) tools.turnBell();
  const keys = keyTable({ words, onClose: () => text.focus() });
  const notice = notices({ words, actions, signal });
  const strip = eventStrip({ words });
  const compared = compareStrip({
    words,
    onCompare: (job) => connection.act("compare", job),
    onLeave: (job) => connection.act("compare_no_longer", job),
    onClose: () => text.focus(),
  });
  const charts = chartStrip({
    words,
    model,
    connection,
    themed: root,
    job: () => state().name ?? "",
    file: () => text.reader.file,
    text: () => text,
    signal,
    onThere: () => update(),
    onStanding: (told) => header.showMetrics(told),
  });
  const search = searchBar({
    words,
    onSearch: (query, how) => text.search(query, how),
    onNext: (isForward) => text.findNext(isForward),
    onLine: (line) => text.goToLine(line),
    onClose: () => text.focus(),
  });

  root.append(
    element("style", {}, `${themeCss()}\n${css}`),
    header.element,
    header.trouble,
    ...tools.elements,
    search.element,
    keys.element,
    ...notice.elements,
    strip.element,
    compared.element,
    charts.element,
    frame,
  );
  el.append(root);

  const text = new LogText({
    parent: textBox,
    connection,
    frames,
    words: () => words,
    signal,
    onChange: () => update(),
    onError: (line) => ring.hearError(line),
  });

  frame.append(text.overview.element);

  const updateNow = () => {
    const now = state();
    const { reader } = text;
    tools.show({ state: now, isPaused, files: files(), chosen: reader.file, hasCharts: charts.isThere, isInLanes: text.lanes.isOn });
    notice.show({
      state: now,
      isPaused,
      isCleared: reader.isCleared,
      head: reader.missing,
      lacksRoom: text.lacksRoom,
      isLoading: reader.files.some((file) => needs.isLoading(file)),
    });
    const { count, isDone, problem } = text.beyond;
    search.show({
      matcher: text.finder.matcher,
      result: text.finder.result,
      beyond: { count, isDone, problem, isGoing: text.isGoing },
    });
    toEnd.hidden = text.follow.isOn;
    const n = number(text.newRows);
    write(toEnd, text.newRows > 0 ? words("newLines", { n }) : words("jumpToEnd"));
  };
  let isDirty = false;
  const update = () => {
    isDirty = true;
    frames.wake();
  };
  frames.add(() => {
    if (isDirty) updateNow();
    isDirty = false;
    return false;
  });

  const onState = () => {
    const now = state();
    const { elapsed_ms: elapsed } = now; // when it was told, which may be before this view was there
    header.show({ ...now, elapsed_ms: Number.isFinite(elapsed) ? elapsed + passed(now) : elapsed });
    ring.hear(now.bells);
    compared.show(now.compared ?? []);
    root.setAttribute("role", "region");
    root.setAttribute("aria-label", words("region", { title: now.title ?? "" }));
    if (Boolean(now.paused) !== wasPaused) {
      wasPaused = Boolean(now.paused);
      setPaused(wasPaused);
    }
    update();
  };
  let wasPaused = isPaused;
  const onOptions = () => {
    const { height, file, at } = options();
    textBox.style.height = CSS.supports("height", height ?? "") ? height : HEIGHT;
    if (typeof file === "string" && file !== lastFile) showFile(file);
    lastFile = file;
    if (at && JSON.stringify(at) !== lastAt) {
      const bytes = () => size(feed.spans(at.file)?.last?.[1] ?? 0);
      text.goToPlace({ ...at, onNone: () => notice.say(words("noPlace", { bytes: bytes() })) });
    }
    lastAt = JSON.stringify(at);
    update();
  };
  let lastFile = "";
  let lastAt;

  const ends = [
    feed.listen(update),
    connection.onOther((message, buffers) => {
      if (message?.kind === "saving") onSaving(message, buffers);
      if (message?.kind === "events") tools.pressEvents(strip.hear(message.events));
      if (message?.kind === "jobs") compared.hear(message.names);
      if (message?.kind === "found") text.beyond.hear(message);
    }),
  ];
  model.on("change:state", onState);
  model.on("change:options", onOptions);
  const single = { ...actions, wrap: tools.toggleWrap, fold: tools.toggleFold };
  listenToKeys(root, { search, text, actions: single, signal });
  followTheme(root, signal);
  const sight = new IntersectionObserver((entries) => text.setInSight(entries.at(-1).isIntersecting));
  sight.observe(textBox);
  textBox.addEventListener("mousemove", (event) => charts.over(event));
  const timer = setInterval(() => header.tick(), SECOND);
  signal.addEventListener("abort", () => {
    clearInterval(timer);
    sight.disconnect();
    frames.close();
    for (const end of ends) end();
    model.off("change:state", onState);
    model.off("change:options", onOptions);
    root.remove();
  });
  watchKernel(model, signal, () => {
    const told = state();
    if (told.finished) return; // nothing more was to come
    kernelOver = { ...WITHOUT_KERNEL, elapsed_ms: (told.elapsed_ms ?? 0) + passed(told) };
    clearInterval(timer);
    onState();
  });
  text.setPaused(isPaused);
  tools.restore(turned);
  onOptions();
  onState();
}

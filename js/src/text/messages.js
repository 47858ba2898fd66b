// Every word of the view, in English and in Simplified Chinese.

// What Python shows too stands in a table of its own, by its English.
import SHARED from "../../../modelarts_magics/core/locale/shared.json" with { type: "json" };

const WORDS = {
  region: ["Log of {title}", "{title} 的日志"],
  text: ["Log text", "日志内容"],
  unknown: "unknown",
  waiting: "waiting",
  running: "running",
  succeeded: "succeeded",
  stopped: "stopped",
  failed: "failed",
  status: ["Status: {status}", "状态：{status}"],
  elapsed: ["elapsed {time}", "用时 {time}"],
  size: ["{bytes}, {lines} lines", "{bytes}，{lines} 行"],
  updated: ["last news {time} ago", "{time}前更新"],
  seconds: "{n} s",
  minutes: "{n} min",
  hours: "{n} h",
  days: "{n} d",
  file: ["Log file", "日志文件"],
  allFiles: ["all files, merged", "全部文件（合并）"],
  tools: ["Log tools", "日志工具"],
  pause: "Pause",
  resume: "Resume",
  refresh: "Refresh",
  stopFollowing: "Stop following",
  notFollowing: ["Not following", "未跟踪"],
  kernelOver: [
    "The kernel has ended: the log is not followed any more. To open it again: {command}",
    "内核已结束，不再跟踪日志。重新打开：{command}",
  ],
  clear: "Clear",
  cleared: "Text before this was cleared from the view.",
  showAgain: "Show it again",
  download: "Download",
  downloaded: ["Saved {bytes}.", "已保存 {bytes}。"],
  reading: "Reading the whole log…",
  written: "Written on the machine of the kernel: {path}",
  copy: "Copy",
  copied: ["Copied {lines} lines.", "已复制 {lines} 行。"],
  notCopied: ["The browser did not allow copying.", "浏览器不允许复制。"],
  stopJob: "Stop the job",
  stopJobSure: ["Stop the training job for good?", "确定要停止训练作业吗？"],
  yesStop: ["Yes, stop it", "是，停止"],
  no: ["No", "否"],
  stopping: ["Asked for the job to be stopped.", "已请求停止作业。"],
  search: "Search",
  searchFor: ["Search in the log", "在日志中搜索"],
  matchCase: "Match case",
  useRegexp: "Regular expression",
  nextMatch: ["Next match", "下一个"],
  previousMatch: ["Previous match", "上一个"],
  onlyMatching: ["Only matching lines", "仅显示匹配行"],
  close: "Close",
  matches: ["{n} of {m}", "第 {n} 个，共 {m} 个"],
  matchCount: ["{m} matches", "{m} 个匹配"],
  noMatch: ["no match", "无匹配"],
  linesBeyond: ["+ {n} in what is not loaded", "未加载的内容中另有 {n} 行"],
  searchingBeyond: ["searching what is not loaded…", "正在搜索未加载的内容……"],
  going: ["fetching it…", "正在获取……"],
  notSearched: ["What is not loaded: {reason}", "未加载的内容：{reason}"],
  slowPattern: ["takes too long", "耗时过长"],
  badPattern: ["not a regular expression", "正则表达式无效"],
  firstError: ["First error", "首个错误"],
  lastError: "Last error",
  noError: ["No error found in what is loaded.", "已加载的内容中没有错误。"],
  wrap: "Wrap",
  numbers: ["Line numbers", "行号"],
  goToLine: ["Go to line", "转到行"],
  jumpToEnd: ["Jump to the end", "跳到末尾"],
  newLines: ["Jump to the end ({n} new lines)", "跳到末尾（{n} 行新内容）"],
  before: ["{bytes} before this are not loaded.", "此前还有 {bytes} 未加载。"],
  loading: ["Loading {bytes} before this…", "正在加载此前的 {bytes}……"],
  loadEarlier: ["Load earlier lines", "加载更早的内容"],
  loadAll: ["Load all", "全部加载"],
  gap: ["… {n} bytes not here yet …", "…… 还有 {n} 字节未到达 ……"],
  more: ["… {n} more characters in this line", "…… 本行还有 {n} 个字符"],
  paused: ["The view is paused.", "视图已暂停。"],
  ended: ["The job has ended.", "作业已结束。"],
  empty: "(no log text)",
};

export const MESSAGES = Object.fromEntries(
  Object.entries(WORDS).map(([key, word]) =>
    typeof word === "string" ? [key, [word, SHARED[word]]] : [key, word],
  ),
);

/** A function from a key and values to text in `language` ("en" or "zh"). */
export function translator(language) {
  const column = language === "zh" ? 1 : 0;
  return (key, values = {}) =>
    MESSAGES[key][column].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

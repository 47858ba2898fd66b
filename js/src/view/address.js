// The line of a magic that opens a panel at a place in a log.

/**
 * @param {{file: string, byte: number|null, line: number|null}|null} place
 * @param {{command: string, files: string[]}} panel `command` opens the panel
 * @returns {string|null} null where nothing tells the place
 */
export function addressOf(place, { command, files }) {
  if (place === null || !command) return null;
  const { file, byte, line } = place;
  if (byte === null && line === null) return null;
  const isNamed = files.length < 2 || / --file /.test(command);
  const at = byte === null ? `line${line}` : byte;
  return `${command}${isNamed ? "" : ` --file ${quoted(file)}`} --at ${at}`;
}

/** Text of a log for a page that is written in Markdown, with the address of its first line. */
export function asMarkdown(text, address) {
  const ticks = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(ticks + 1);
  return [...(address === null ? [] : [`\`${address}\``, ""]), `${fence}text`, text, fence, ""].join("\n");
}

function quoted(word) {
  return /[\s"'#]/.test(word) ? `"${word.replaceAll('"', "")}"` : word;
}

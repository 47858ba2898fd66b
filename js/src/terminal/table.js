// What of a terminal is obeyed; Python reads the same table.

export { default as TERMINAL } from "../../../modelarts_magics/notebook/text/terminal.json" with { type: "json" };

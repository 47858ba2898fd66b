// Colours and styles of text, as small numbers.
//
// A style is {fg, bg, flags}. A colour is null (the theme's), 0-255 (the palette of terminals), or
// RGB + 0xRRGGBB. Number 0 is plain text, number 1 marks a control character that was made visible.

export const RGB = 0x1000000;
export const PLAIN = 0;
export const CONTROL = 1;

export const BOLD = 1;
export const DIM = 2;
export const ITALIC = 4;
export const UNDERLINE = 8;
export const INVERSE = 16;
export const STRIKE = 32;

const MOST = 4096; // styles kept; a log with more has a rainbow that nobody needs exactly
const MOST_PARAMETERS = 64;
const LONGEST_SHARED = 64; // numbers
const MOST_CHANGES = 4096; // kept, so that the few that a log uses are worked out once

const NO_STYLE = Object.freeze({ fg: null, bg: null, flags: 0 });

export class Styles {
  #numbers = new Map([[keyOf(NO_STYLE), PLAIN]]);
  #styles = [NO_STYLE, NO_STYLE];
  #changes = new Map();
  #runs = new Map();

  get(number) {
    return this.#styles[number] ?? NO_STYLE;
  }

  number(style) {
    const key = keyOf(style);
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    if (this.#styles.length >= MOST) return PLAIN;
    this.#styles.push(Object.freeze(style));
    this.#numbers.set(key, this.#styles.length - 1);
    return this.#styles.length - 1;
  }

  /** The same runs as one array: lines of a log are often coloured alike. */
  shared(runs) {
    if (runs === null || runs.length > LONGEST_SHARED) return runs;
    const key = runs.join();
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    if (this.#runs.size >= MOST_CHANGES) this.#runs.clear();
    this.#runs.set(key, runs);
    return runs;
  }

  /** The style after SGR `parameters` ("1;31"), beginning with style `number`. */
  change(number, parameters) {
    const key = `${number} ${parameters}`;
    const known = this.#changes.get(key);
    if (known !== undefined) return known;
    const changed = this.number(select(this.get(number), parameters));
    if (this.#changes.size >= MOST_CHANGES) this.#changes.clear();
    this.#changes.set(key, changed);
    return changed;
  }
}

function keyOf({ fg, bg, flags }) {
  return `${fg},${bg},${flags}`;
}

const FLAGS_ON = { 1: BOLD, 2: DIM, 3: ITALIC, 4: UNDERLINE, 7: INVERSE, 9: STRIKE, 21: UNDERLINE };
const FLAGS_OFF = { 22: BOLD | DIM, 23: ITALIC, 24: UNDERLINE, 27: INVERSE, 29: STRIKE };

/** "Select graphic rendition": colours and styles by number, `;` between them, `:` within one. */
function select(style, parameters) {
  let { fg, bg, flags } = style;
  const groups = parameters.split(";", MOST_PARAMETERS).map((group) => group.split(":").map(Number));
  for (let index = 0; index < groups.length; index += 1) {
    const [code, kind] = groups[index];
    if (code === 0) [fg, bg, flags] = [null, null, 0];
    else if (code === 4 && kind === 0) flags &= ~UNDERLINE;
    else if (code in FLAGS_ON) flags |= FLAGS_ON[code];
    else if (code in FLAGS_OFF) flags &= ~FLAGS_OFF[code];
    else if (code === 39) fg = null;
    else if (code === 49) bg = null;
    else if (code === 38 || code === 48) {
      const isOneGroup = groups[index].length > 1;
      const rest = isOneGroup ? groups[index].slice(1) : groups.slice(index + 1, index + 5).flat();
      const { colour, length } = extended(rest, isOneGroup);
      if (!isOneGroup) index += length;
      if (colour !== undefined && code === 38) fg = colour;
      if (colour !== undefined && code === 48) bg = colour;
    } else {
      fg = sixteen(code, 30, 90) ?? fg;
      bg = sixteen(code, 40, 100) ?? bg;
    }
  }
  return { fg, bg, flags };
}

function sixteen(code, normal, bright) {
  if (code >= normal && code < normal + 8) return code - normal;
  if (code >= bright && code < bright + 8) return code - bright + 8;
  return undefined;
}

/** The colour of "5;n" and "2;r;g;b"; with colons there may be a colour space before r. */
function extended(numbers, isOneGroup) {
  const isByte = (value) => Number.isInteger(value) && value >= 0 && value < 256;
  if (numbers[0] === 5) return { colour: isByte(numbers[1]) ? numbers[1] : undefined, length: 2 };
  if (numbers[0] !== 2) return { colour: undefined, length: 1 };
  const [r, g, b] = isOneGroup && numbers.length > 4 ? numbers.slice(2) : numbers.slice(1);
  const isColour = isByte(r) && isByte(g) && isByte(b);
  return { colour: isColour ? RGB + (r << 16) + (g << 8) + b : undefined, length: 4 };
}

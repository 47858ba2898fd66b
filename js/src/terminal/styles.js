// Colours and styles of text, as small numbers.
//
// A style is {fg, bg, flags}. A colour is null (the theme's), 0-255 (the palette of terminals), or
// RGB + 0xRRGGBB. Number 0 is plain text.

import { TERMINAL } from "./table.js";

export const RGB = 0x1000000;
export const PLAIN = 0;

export const BOLD = 1;
export const DIM = 2;
export const ITALIC = 4;
export const UNDERLINE = 8;
export const INVERSE = 16;
export const STRIKE = 32;
/** A character that would act or hide was made visible. */
export const CONTROL = 64;

const MOST = 4096; // styles kept; a log with more has a rainbow that nobody needs exactly
const LONGEST_SHARED = 64; // numbers
const MOST_CHANGES = 4096; // kept, so that the few that a log uses are worked out once

const NO_STYLE = Object.freeze({ fg: null, bg: null, flags: 0 });

export class Styles {
  #numbers = new Map([[keyOf(NO_STYLE), PLAIN]]);
  #styles = [NO_STYLE];
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

  /** The same style, of a character that was made visible. */
  ofControl(number) {
    const { fg, bg, flags } = this.get(number);
    return this.number({ fg, bg, flags: flags | CONTROL });
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

const FLAGS = {
  bold: BOLD,
  dim: DIM,
  italic: ITALIC,
  underline: UNDERLINE,
  inverse: INVERSE,
  strike: STRIKE,
};
const [UNDERLINED, NOT_UNDERLINED, UNDERLINE_COLOUR] = [4, 24, 58];
const EXTENDED = [38, 48, UNDERLINE_COLOUR];

/** "Select graphic rendition": colours and styles by number, `;` between them, `:` within one. */
function select(style, parameters) {
  const numbers = parameters.split(";").flatMap(numbersOf);
  let now = style;
  while (numbers.length > 0) now = changed(now, numbers.shift(), numbers);
  return now;
}

/** The number of a field, or what "4:3" and "38:2::1:2:3" are in the older form. */
function numbersOf(field) {
  const [first, ...more] = field.split(":").map((number) => Number(number.slice(0, 4)));
  if (more.length === 0 || (first !== UNDERLINED && !EXTENDED.includes(first))) return [first];
  if (first === UNDERLINED) return [more[0] > 0 ? UNDERLINED : NOT_UNDERLINED];
  if (more[0] === 2 && more.length > 4) more.splice(1, 1); // the colour space
  return [first, ...more];
}

function changed(style, number, following) {
  if (number === 0) return NO_STYLE;
  if (Object.hasOwn(TERMINAL.styles, number)) return switched(style, TERMINAL.styles[number]);
  if (EXTENDED.includes(number)) {
    const colour = extended(following);
    const isShown = colour !== null && number !== UNDERLINE_COLOUR;
    return isShown ? coloured(style, number < 48, colour) : style;
  }
  const bright = number >= 90 ? 8 : 0;
  const base = bright ? number - 60 : number;
  const isColour = (base >= 30 && base < 38) || (base >= 40 && base < 48);
  return isColour ? coloured(style, base < 40, (base % 10) + bright) : style;
}

function switched({ fg, bg, flags }, changes) {
  for (const [name, isOn] of Object.entries(changes)) {
    if (name === "foreground") fg = null;
    else if (name === "background") bg = null;
    else flags = isOn ? flags | FLAGS[name] : flags & ~FLAGS[name];
  }
  return { fg, bg, flags };
}

function coloured(style, isForeground, colour) {
  return isForeground ? { ...style, fg: colour } : { ...style, bg: colour };
}

/** The colour of "5;n" and "2;r;g;b", taken from `following`; null when it is none. */
function extended(following) {
  const next = () => Math.min(255, following.shift() ?? 0);
  const kind = following.shift();
  if (kind === 5) return next();
  if (kind !== 2) return null;
  const [r, g, b] = [next(), next(), next()];
  return RGB + (r << 16) + (g << 8) + b;
}

// Byte offsets of UTF-8 inside JavaScript strings.

const ASCII = /^[\0-\x7f]*$/;

/** Bytes that `text` takes in UTF-8; a lone surrogate takes three, as U+FFFD does. */
export function byteLength(text) {
  if (ASCII.test(text)) return text.length;
  let bytes = 0;
  for (let index = 0; index < text.length; index += 1) bytes += bytesOfUnit(text.charCodeAt(index));
  return bytes;
}

// Each half of a surrogate pair stands for two of its four bytes.
function bytesOfUnit(unit) {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return unit >= 0xd800 && unit < 0xe000 ? 2 : 3;
}

/** Index of the first character that starts at or after byte `offset`. */
export function indexAtByte(text, offset) {
  if (ASCII.test(text)) return Math.min(offset, text.length);
  let bytes = 0;
  let index = 0;
  while (index < text.length && bytes < offset) {
    const isPair = text.codePointAt(index) > 0xffff;
    bytes += isPair ? 4 : bytesOfUnit(text.charCodeAt(index));
    index += isPair ? 2 : 1;
  }
  return index;
}

/**
 * The part of `piece` from byte `start` to byte `end` of the log.
 *
 * A log that is no UTF-8 was decoded with losses, so that its text has not as many bytes as the
 * piece says: such a piece is cut where the proportions say.
 */
export function cut(piece, start, end) {
  if (start === piece.start && end === piece.end) return piece;
  const bytes = piece.end - piece.start;
  const own = byteLength(piece.text);
  const index = (offset) =>
    own === bytes
      ? indexAtByte(piece.text, offset)
      : Math.round((offset / bytes) * piece.text.length);
  const text = piece.text.slice(index(start - piece.start), index(end - piece.start));
  return { ...piece, start, end, text };
}

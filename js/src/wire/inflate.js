// Text travels deflated: what the pieces of a message say one behind the other, in one buffer.

export const INFLATES = typeof DecompressionStream !== "undefined";

/** The pieces with their texts. */
export async function unpack(pieces, buffer) {
  const inflating = new Blob([buffer]).stream().pipeThrough(new DecompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(inflating).arrayBuffer());
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true }); // a log may have one anywhere
  let from = 0;
  return pieces.map(({ size, ...piece }) => {
    const text = decoder.decode(bytes.subarray(from, from + size));
    from += size;
    return { ...piece, text };
  });
}

/** A file too large for one request, cut at its line ends: a later piece adds to the earlier. */
const LARGEST = 2_900_000; // as base64 it stays below the 4 MB that the API takes
const LINE_END = 10;

export function pieces(content: Uint8Array, largest = LARGEST): Uint8Array[] {
  const cut: Uint8Array[] = [];
  let from = 0;
  while (content.length - from > largest) {
    const end = content.lastIndexOf(LINE_END, from + largest - 1);
    const to = end < from ? from + largest : end + 1; // a line longer than a piece is no id anyway
    cut.push(content.subarray(from, to));
    from = to;
  }
  cut.push(content.subarray(from));
  return cut;
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** Reads the lines of a text file as Excel and Notepad of any system write them. */

/** undefined if the line cannot be read without changing a letter. */
export type FileLine = string | undefined;

const LF = 10;
const CR = 13;
/** What no Thai text has: a byte without a letter, a vowel or tone sign without a letter before it, or one lone Thai
 * letter in a Latin word. Such a line is in another encoding, for example "José" of a western Windows. */
const NOT_THAI = new RegExp(
  [
    "[\\x80-\\x9f\\ue000-\\uf8ff]",
    "(^|[^\u0e01-\u0e5b])[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]",
    "[A-Za-z][\u0e01-\u0e5b](?![\u0e01-\u0e5b])",
    "(^|[^\u0e01-\u0e5b])[\u0e01-\u0e5b][A-Za-z]",
  ].join("|"),
);

/** The lines of a file: UTF-8, UTF-16 or the Thai encoding of Windows; ended by LF, CRLF or CR. */
export function fileLines(content: ArrayBuffer): FileLine[] {
  const bytes = new Uint8Array(content);
  const wide = utf16(bytes);
  const lines = wide ? wideLines(bytes, wide) : byteLines(bytes);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

function utf16(bytes: Uint8Array): "utf-16le" | "utf-16be" | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  // Without a mark: every second byte is that of Latin (0x00) or Thai (0x0e), which no text in single bytes has.
  const head = bytes.subarray(0, 2000);
  const high = [0, 1].map((odd) => head.filter((byte, at) => at % 2 === odd && (byte === 0 || byte === 0x0e)).length);
  if (Math.max(...high) * 4 < head.length || !head.length) return undefined;
  return high[1]! > high[0]! ? "utf-16le" : "utf-16be";
}

function wideLines(bytes: Uint8Array, encoding: string): FileLine[] {
  const text = new TextDecoder(encoding).decode(bytes);
  return text.split(/\r\n|\r|\n/).map((line) => (line.includes("\ufffd") ? undefined : line));
}

function byteLines(bytes: Uint8Array): FileLine[] {
  const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const raw = splitBytes(bytes.subarray(marked ? 3 : 0));
  const lines = raw.map((line) => decoded(line, "utf-8"));
  const unread = lines.filter((line) => line === undefined).length;
  const foreign = lines.filter((line) => line && /[^\0-\x7f]/.test(line)).length;
  // A file has one encoding: a line that is not UTF-8 among lines that are is damaged.
  return marked || foreign >= unread ? lines : raw.map(thai);
}

function splitBytes(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  let start = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    if (bytes[at] !== LF && bytes[at] !== CR) continue;
    lines.push(bytes.subarray(start, at));
    if (bytes[at] === CR && bytes[at + 1] === LF) at += 1;
    start = at + 1;
  }
  return [...lines, bytes.subarray(start)];
}

function thai(line: Uint8Array): FileLine {
  const text = decoded(line, "windows-874");
  return text !== undefined && NOT_THAI.test(text) ? undefined : text;
}

function decoded(line: Uint8Array, encoding: string): FileLine {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return undefined; // listed with its number as a line that cannot be read
  }
}

/** QR codes for slips: version 2, error correction M, alphanumeric; up to 38 of 0–9 A–Z and $%*+-./:
 * One size and one mask are enough for the code of a slip; readers take any mask. ISO/IEC 18004. */
const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
const LONGEST = 38;
export const SIZE = 25;
const DATA_BYTES = 28;
const CHECK_BYTES = 16;
// format bits of level M with mask 0, already with their own check bits and the standard's pattern
const FORMAT = 0b101010000010010;

/** Multiplication in GF(256) modulo x⁸+x⁴+x³+x²+1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) {
    product = (product << 1) ^ ((product >>> 7) * 0x11d);
    product ^= ((b >>> bit) & 1) * a;
  }
  return product & 0xff;
}

function checkBytes(data: number[]): number[] {
  let generator = [1];
  for (let i = 0, root = 1; i < CHECK_BYTES; i++, root = times(root, 2)) {
    const next = [...generator, 0];
    generator.forEach((factor, at) => (next[at + 1]! ^= times(factor, root)));
    generator = next;
  }
  const rest: number[] = Array(CHECK_BYTES).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest.shift()!;
    rest.push(0);
    generator.slice(1).forEach((coefficient, at) => (rest[at]! ^= times(coefficient, factor)));
  }
  return rest;
}

function bytesOf(text: string): number[] {
  let bits = "";
  const put = (value: number, length: number) => (bits += value.toString(2).padStart(length, "0"));
  put(0b0010, 4);
  put(text.length, 9);
  for (let at = 0; at < text.length; at += 2) {
    const pair = [...text.slice(at, at + 2)].map((sign) => ALPHABET.indexOf(sign));
    if (pair.includes(-1)) throw new Error("a slip's code is of capital letters, digits and dashes");
    if (pair.length === 2) put(pair[0]! * 45 + pair[1]!, 11);
    else put(pair[0]!, 6);
  }
  if (text.length > LONGEST) throw new Error("a slip's code is too long for its QR code");
  put(0, Math.min(4, DATA_BYTES * 8 - bits.length));
  put(0, (8 - (bits.length % 8)) % 8);
  const data = bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2));
  for (let pad = 0xec; data.length < DATA_BYTES; pad ^= 0xec ^ 0x11) data.push(pad);
  return [...data, ...checkBytes(data)];
}

/** The modules of the code, row by row; true is dark. */
export function qr(text: string): boolean[][] {
  const dark: boolean[][] = Array.from({ length: SIZE }, () => Array(SIZE).fill(false));
  const fixed: boolean[][] = Array.from({ length: SIZE }, () => Array(SIZE).fill(false));
  const set = (x: number, y: number, on: boolean) => {
    if (x < 0 || y < 0 || x >= SIZE || y >= SIZE) return;
    dark[y]![x] = on;
    fixed[y]![x] = true;
  };
  const square = (cx: number, cy: number, reach: number, lightRings: number[]) => {
    for (let dy = -reach; dy <= reach; dy++)
      for (let dx = -reach; dx <= reach; dx++)
        set(cx + dx, cy + dy, !lightRings.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let i = 0; i < SIZE; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  for (const [x, y] of [[3, 3], [SIZE - 4, 3], [3, SIZE - 4]] as const) square(x, y, 4, [2, 4]); // prettier-ignore
  square(18, 18, 2, [1]);
  for (let i = 0; i < 15; i++) {
    const on = ((FORMAT >>> i) & 1) === 1;
    set(8, i < 6 ? i : i < 8 ? i + 1 : SIZE - 15 + i, on);
    set(i < 8 ? SIZE - 1 - i : i === 8 ? 7 : 14 - i, 8, on);
  }
  set(8, SIZE - 8, true);

  const bits = bytesOf(text).flatMap((byte) => Array.from({ length: 8 }, (_, i) => (byte >>> (7 - i)) & 1));
  let next = 0;
  for (let right = SIZE - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < SIZE; step++)
      for (const x of [right, right - 1]) {
        const y = upward ? SIZE - 1 - step : step;
        if (fixed[y]![x]) continue;
        const bit = bits[next++] ?? 0; // seven modules are left over
        dark[y]![x] = (bit === 1) !== ((x + y) % 2 === 0);
      }
  }
  return dark;
}

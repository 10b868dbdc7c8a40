// The limits of request fields, as a TypeScript module: how long a text, and how large a number, the API takes.

const HEAD = `// Generated from docs/openapi.json by \`npm run types\`: most characters of a text, bounds of a number.\n\n`;
const LARGEST_ID = 2 ** 31 - 1;
// [0-9]{5} and the like: patterns of which the longest match is a sum.
const SUMMABLE = /^\^(\[[^\]]+\](\{[\d,]+\})?)+\$$/;
const ATOM = /\[[^\]]+\](?:\{(?:\d+,)?(\d+)\})?/g;

function longest({ maxLength, pattern }) {
  if (maxLength || !SUMMABLE.test(pattern)) return maxLength;
  return [...pattern.matchAll(ATOM)].reduce((sum, [, most = 1]) => sum + Number(most), 0);
}

function limit(field) {
  if (field.type === "string") return longest(field);
  if (field.maximum < LARGEST_ID) return `{ min: ${field.minimum}, max: ${field.maximum} }`;
}

export function limits(document) {
  const lines = Object.entries(document.components.schemas).map(([name, { properties = {} }]) => {
    const limited = Object.entries(properties).filter(([, field]) => limit(field));
    const fields = limited.map(([field, schema]) => `${field}: ${limit(schema)}`);
    return fields.length ? `export const ${name} = { ${fields.join(", ")} };\n` : "";
  });
  return HEAD + lines.join("");
}

import { qr, SIZE } from "../qr";

/** A QR code. It holds the slip's opaque code and never anything about the person. */
export function Qr({ code, label }: { code: string; label: string }) {
  const dark = qr(code)
    .flatMap((row, y) => row.map((on, x) => (on ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return (
    <svg class="qr" viewBox={`-4 -4 ${SIZE + 8} ${SIZE + 8}`} role="img" aria-label={label} shape-rendering="crispEdges">
      <path d={dark} />
    </svg>
  );
}

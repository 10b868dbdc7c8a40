/** The icons of the page; each is beside its word. */

const PATHS = {
  heart: "M12 20C5 15 3 11.500 3 8.500 3 6 5 4 7.500 4 9.500 4 11 5.200 12 7c1-1.800 2.500-3 4.500-3C19 4 21 6 21 8.500 21 11.500 19 15 12 20z",
  calendar: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
  plus: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 8v8M8 12h8",
  letter: "M4 6h16v12H4zM4 7l8 6 8-6",
  tick: "M5 13l4 4L19 7",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7v5l3 2",
  code: "M4 4h6v6H4zM14 4h6v6h-6zM4 14h6v6H4zM14 14h3v3M20 14v6h-6",
  back: "M15 5l-7 7 7 7",
};

export type MarkName = keyof typeof PATHS;

export function Icon({ name }: { name: MarkName }) {
  return (
    <svg class="mark" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

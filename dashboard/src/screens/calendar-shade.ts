/** 0 nothing free … 4 nearly all free: the shade of a day. */
export const shade = (free: number, places: number): number =>
  places === 0 || free === 0 ? 0 : Math.max(1, Math.ceil((free / places) * 4));

/** The shade of a day, from 0 (nothing free) to 4 (nearly all free). */
export const shade = (free: number, places: number): number =>
  places === 0 || free === 0 ? 0 : Math.max(1, Math.ceil((free / places) * 4));

import { number, words } from "../i18n";

const t = words({
  accepted: ["รับนัดแล้ว", "Accepted"],
  waits: ["จองแล้ว ยังไม่รับนัด", "Booked, not accepted yet"],
  free: ["ว่าง", "Free"],
  says: ["จอง {booked} จาก {places} รับนัดแล้ว {accepted}", "{booked} of {places} booked, {accepted} accepted"],
});

interface Places {
  places: number;
  /** Held places, accepted ones included. */
  booked: number;
  accepted: number;
}

/** Accepted places are solid, other booked ones hatched, free ones empty. `Legend` must be on the screen. */
export function Bar({ places, booked, accepted }: Places) {
  const width = (part: number) => `${places ? (100 * part) / places : 0}%`;
  return (
    <svg class="bar" aria-hidden="true">
      <rect class="bar-waits" width={width(booked)} height="100%" />
      <rect class="bar-accepted" width={width(accepted)} height="100%" />
    </svg>
  );
}

/** The bar with its figures: seen as "12/20", read out in words. */
export function BarCell(places: Places) {
  const { booked, accepted } = places;
  return (
    <span class="bar-cell">
      <Bar {...places} />
      <span aria-hidden="true">
        {number(booked)}/{number(places.places)}
      </span>
      <span class="visually-hidden">
        {t("says", { booked: number(booked), places: number(places.places), accepted: number(accepted) })}
      </span>
    </span>
  );
}

/** The hatching that bars refer to; once on a screen that has bars. */
export const Hatching = () => (
  <svg class="visually-hidden" aria-hidden="true">
    <pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
      <rect class="bar-ground" width="5" height="5" />
      <rect class="bar-line" width="2" height="5" />
    </pattern>
  </svg>
);

/** What the parts of a bar mean, with the hatching. */
export function Legend() {
  return (
    <p class="legend">
      <Hatching />
      {([["accepted", 1, 1], ["waits", 1, 0], ["free", 0, 0]] as const).map(([key, booked, accepted]) => (
        <span key={key}>
          <Bar places={1} booked={booked} accepted={accepted} /> {t(key)}
        </span>
      ))}
    </p>
  ); // prettier-ignore
}

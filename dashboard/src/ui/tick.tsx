/** The manual's green tick, with words for those who do not see it. */

export function Tick({ says }: { says: string }) {
  return (
    <span class="tick">
      <span aria-hidden="true">✓</span>
      <span class="visually-hidden">{says}</span>
    </span>
  );
}

/** The manual's green tick, with words for screen readers. */
export function CheckMark({ says }: { says: string }) {
  return (
    <span class="tick">
      <span aria-hidden="true">✓</span>
      <span class="visually-hidden">{says}</span>
    </span>
  );
}

import type { ComponentChildren, Ref } from "preact";

interface TitledTableProps {
  /** What the table lists; read out. */
  label: string;
  titles: string[];
  frame?: Ref<HTMLDivElement>;
  /** Its rows; the first cell of each is the heading of the row. */
  children: ComponentChildren;
}

/** A short table of the queue desk, in a frame that scrolls by keyboard too. */
export const TitledTable = ({ label, titles, frame, children }: TitledTableProps) => (
  <div class="table-frame" ref={frame} tabIndex={0} role="region" aria-label={label}>
    <table>
      <thead>
        <tr>
          {titles.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);

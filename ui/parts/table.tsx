import type { ComponentChildren } from 'preact';
import { Scrolled } from './scrolled.tsx';

/** The title of a column. The values of `number` are numbers and end at the same place. */
type Column = string | { readonly number: string };

interface TableProps {
  /** What a screen reader calls the table. */
  readonly label: string;
  readonly columns: readonly Column[];
  readonly class?: string;
  /** The rows. */
  readonly children: ComponentChildren;
}

/** A table with a title above each column. It scrolls by itself. */
export function Table({ label, columns, class: name, children }: TableProps) {
  return (
    <Scrolled class="scroll" label={label}>
      <table class={name}>
        <thead>
          <tr>
            {columns.map((column) => {
              const [title, kind] = typeof column === 'string' ? [column, undefined] : [column.number, 'number'];
              return (
                <th key={title} scope="col" class={kind}>
                  {title}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </Scrolled>
  );
}

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { countText } from '../parts/quantities.ts';

interface PagesProps<Item> {
  readonly label: string;
  readonly items: readonly Item[];
  readonly itemsOfPage: number;
  readonly children: (page: readonly Item[]) => ComponentChildren;
}

/** A long list in pages. */
export function Pages<Item>({ label, items, itemsOfPage, children }: PagesProps<Item>) {
  const [wanted, setWanted] = useState(0);
  const pageCount = Math.ceil(items.length / itemsOfPage);
  const page = Math.min(wanted, pageCount - 1);
  const start = page * itemsOfPage;
  return (
    <>
      {children(items.slice(start, start + itemsOfPage))}
      {pageCount > 1 && (
        <nav class="bar" aria-label={label}>
          <button type="button" disabled={page === 0} onClick={() => setWanted(page - 1)}>
            Previous
          </button>
          <span role="status">
            {countText(start + 1)} to {countText(Math.min(start + itemsOfPage, items.length))} of{' '}
            {countText(items.length)}
          </span>
          <button type="button" disabled={page === pageCount - 1} onClick={() => setWanted(page + 1)}>
            Next
          </button>
        </nav>
      )}
    </>
  );
}

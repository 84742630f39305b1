import type { ComponentChildren } from 'preact';

interface ScrolledProps {
  readonly class: string;
  readonly label: string;
  readonly children: ComponentChildren;
}

/** A part of the page that scrolls by itself. */
export function Scrolled({ class: name, label, children }: ScrolledProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a keyboard must be able to scroll it
    <section class={name} tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}

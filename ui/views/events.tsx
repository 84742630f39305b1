import type { ViewProps } from './view.ts';

export function EventsView(_props: ViewProps) {
  return <h1>Events</h1>;
}

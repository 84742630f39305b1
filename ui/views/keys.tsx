import type { ViewProps } from './view.ts';

export function KeysView(_props: ViewProps) {
  return <h1>Keys</h1>;
}

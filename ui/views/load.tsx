import type { ViewProps } from './view.ts';

export function LoadView(_props: ViewProps) {
  return <h1>Load</h1>;
}

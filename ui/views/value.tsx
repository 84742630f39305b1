import type { ViewProps } from './view.ts';

export function ValueView(_props: ViewProps) {
  return <h1>Value</h1>;
}

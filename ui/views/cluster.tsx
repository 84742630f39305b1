import type { ViewProps } from './view.ts';

export function ClusterView(_props: ViewProps) {
  return <h1>Cluster</h1>;
}

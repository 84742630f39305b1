/** Milliseconds in the form of Go, and so of etcd's log: `12.3ms`. */
export function durationText(ms: number): string {
  return `${Math.round(ms * 1000) / 1000}ms`;
}

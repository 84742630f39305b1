/** Milliseconds in Go's form, which etcd's log uses too: `12.3ms`. */
export function durationText(ms: number): string {
  return `${Math.round(ms * 1000) / 1000}ms`;
}

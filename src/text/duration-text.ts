/** Milliseconds as Go, and with it etcd's log, writes short times: `12.3ms`. */
export function durationText(ms: number): string {
  return `${Math.round(ms * 1000) / 1000}ms`;
}

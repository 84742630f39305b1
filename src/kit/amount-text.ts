/** Amounts as texts for people. */

const units = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** A number of bytes for a person: `512 bytes`, `1.5 MiB`. */
export function bytesText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const power = Math.min(units.length, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(1)} ${units[power - 1]}`;
}

/** Milliseconds in Go's form, which etcd's log uses too: `12.3ms`. */
export function durationText(ms: number): string {
  return `${Math.round(ms * 1000) / 1000}ms`;
}

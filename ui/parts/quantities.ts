/** Quantities as text, as short as a person needs them. */

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 1,536 bytes: `1.5 KiB`. */
export function bytesText(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1_024 && unit < units.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  return `${numberText(value)} ${units[unit]}`;
}

/** 0.25 ms: `250 µs`; 12,000 ms: `12 s`. */
export function millisecondsText(ms: number): string {
  if (ms === 0) return '0 ms';
  if (ms < 1) return `${numberText(ms * 1_000)} µs`;
  return ms < 1_000 ? `${numberText(ms)} ms` : `${numberText(ms / 1_000)} s`;
}

/** Three digits: `1,234`, `12.3`, `0.125`. */
export function numberText(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

/** Whole numbers with commas. */
export function countText(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 0 });
}

const periods = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units: `2 d 3 h`, `59 s`. */
export function secondsText(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const first = periods.findIndex(([, length]) => whole >= length);
  if (first === -1) return '0 s';
  let rest = whole;
  const parts: string[] = [];
  for (const [unit, length] of periods.slice(first, first + 2)) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
  }
  return parts.join(' ');
}

/** Time of the day on this computer: `09:31:05`. */
export function clockText(unixMs: number): string {
  return new Date(unixMs).toLocaleTimeString('en-GB');
}

/** `2026-11-30 09:31:05`, on this computer's clock. */
export function dateText(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${clockText(unixMs)}`;
}

/** `1 key`, `2 keys`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`;
}

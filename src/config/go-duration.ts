const MS_PER_UNIT: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

// The Greek letter is escaped in both files that match it: V8 stores a source with a character
// beyond Latin-1 in twice the memory, and the package is one source of 1.6 MB.
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|\u03bcs|ms|s|m|h)/y;

/**
 * Parses a duration as Go's `time.ParseDuration` does (`5s`, `2m30s`, `1.5h`, `100ms`, `0`), in
 * milliseconds. Undefined: the text is not a duration. Negative durations are parsed too; the
 * caller decides whether they are valid.
 */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0;
  if (unsigned === '') return undefined;
  let totalMs = 0;
  let position = 0;
  while (position < unsigned.length) {
    PART.lastIndex = position;
    const part = PART.exec(unsigned);
    if (part === null) return undefined;
    totalMs += Number(part[1]) * (MS_PER_UNIT[part[2] ?? ''] ?? Number.NaN);
    position = PART.lastIndex;
  }
  return sign * totalMs;
}

/** Bounds the length of log lines: a client's text may have megabytes. */
import { redact } from './config/redact.ts';
import { moreCharacters } from './kit/shortened.ts';
import { limits } from './limits.ts';

/** The fields of a line, with long texts shortened. */
export function boundedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const isLong = Object.values(fields).some(
    (value) => typeof value === 'string' && value.length > limits.logTextLengthMax,
  );
  return isLong ? Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, bounded(value)])) : fields;
}

/**
 * A line of JSON, or a shorter one with the same level, time and message. Contains no password of a
 * database address.
 */
export function boundedLine(line: string): string {
  if (line.length <= limits.logLineLengthMax) return redact(line);
  const fields = JSON.parse(line, (_name, value: unknown) => bounded(value));
  const text = `${JSON.stringify(fields)}\n`;
  if (text.length <= limits.logLineLengthMax) return redact(text);
  const { level, ts, msg } = fields;
  return redact(`${JSON.stringify({ level, ts, msg, lineLength: line.length })}\n`);
}

function bounded(value: unknown): unknown {
  const { logTextLengthMax: lengthMax } = limits;
  if (typeof value !== 'string' || value.length <= lengthMax) return value;
  // Passwords are removed first, because a part of one is not recognised.
  const begin = redact(value.slice(0, 2 * lengthMax)).slice(0, lengthMax);
  return `${begin}${moreCharacters(value.length - lengthMax)}`;
}

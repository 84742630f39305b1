import { bytesOfText } from '../bytes.ts';

/** The bytes that a person typed, in the form that `shownBytes` returns: `\xff` is a byte, `\\` a backslash. */
export function bytesOfTyped(text: string): Uint8Array<ArrayBuffer> {
  const parts = text.match(/\\x[0-9a-fA-F]{2}|\\\\|[^\\]+|\\/gs) ?? [];
  return Uint8Array.from(parts.flatMap((part) => bytesOfPart(part)));
}

function bytesOfPart(part: string): readonly number[] {
  if (part.length === 4 && part.startsWith('\\x')) return [Number.parseInt(part.slice(2), 16)];
  return [...bytesOfText(part === '\\\\' ? '\\' : part)];
}

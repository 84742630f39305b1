import { parseGoDuration } from './go-duration.ts';
import { parseGoInteger } from './go-integer.ts';

/**
 * Parsers of single values. Each throws an Error that describes the mistake, without the name of
 * the flag.
 */

/** A whole number within bounds, without a sign. */
export function wholeNumber({ min, max }: { readonly min: number; readonly max: number }): (text: string) => number {
  return (text) => {
    const value = (/^\d/.test(text) ? parseGoInteger(text) : undefined) ?? Number.NaN;
    if (!(value >= min && value <= max)) throw new Error(`"${text}" is not a whole number from ${min} to ${max}`);
    return value;
  };
}

/** A whole number, which may be negative. */
export function integer(text: string): number {
  const value = parseGoInteger(text);
  if (value === undefined || !Number.isSafeInteger(value))
    throw new Error(`"${text}" is not a whole number below ${Number.MAX_SAFE_INTEGER}`);
  return value;
}

const durations = new WeakSet<(text: string) => unknown>();

/** Whether a parser reads durations. A bare number in a file then counts nanoseconds. */
export const isDuration = (parse: (text: string) => unknown): boolean => durations.has(parse);

/** A duration in Go's form, in milliseconds, at least `minMs`. */
export function duration({ minMs }: { readonly minMs: number }): (text: string) => number {
  const parse = (text: string): number => {
    const value = parseGoDuration(text);
    if (value === undefined) throw new Error(`"${text}" is not a duration; write 5s, 2m30s, 1h or 100ms`);
    if (value < minMs) throw new Error(`"${text}" is too short; it is at least ${minMs}ms`);
    return value;
  };
  durations.add(parse);
  return parse;
}

/** A duration in milliseconds. As in kine's flags, zero or less means never. */
export function durationOrNever(text: string): number {
  const value = duration({ minMs: Number.NEGATIVE_INFINITY })(text);
  return value <= 0 ? Number.POSITIVE_INFINITY : value;
}
durations.add(durationOrNever);

const choices = new WeakMap<(text: string) => unknown, readonly string[]>();

/** The words that a parser accepts. Undefined: other texts too. */
export const choicesOf = (parse: (text: string) => unknown): readonly string[] | undefined => choices.get(parse);

interface OneOfOptions<Word extends string> {
  /** The words of other programs. */
  readonly synonyms?: Readonly<Record<string, Word>>;
  readonly ignoresCase?: boolean;
}

/** One of several words. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  { synonyms = {}, ignoresCase = false }: OneOfOptions<NoInfer<Word>> = {},
): (text: string) => Word {
  const meanings = new Map([...words.map((word) => [word, word] as const), ...Object.entries(synonyms)]);
  const parse = (text: string): Word => {
    const word = meanings.get(ignoresCase ? text.toLowerCase() : text);
    if (word === undefined) throw new Error(`"${text}" is not supported; use one of ${words.join(', ')}`);
    return word;
  };
  choices.set(parse, words);
  return parse;
}

/** A boolean, in the words that Go accepts. */
export function boolean(text: string): boolean {
  if (/^(1|t|true)$/i.test(text)) return true;
  if (/^(0|f|false)$/i.test(text)) return false;
  throw new Error(`"${text}" is not a boolean; use true or false`);
}

/** A text that matches a pattern. `example` is a valid text, for the message. */
export function textLike(pattern: RegExp, example: string): (text: string) => string {
  return (text) => {
    if (!pattern.test(text)) throw new Error(`"${text}" is not valid; write for example ${example}`);
    return text;
  };
}

/** Any text that is not empty. `what` is the name of the value in messages. */
export function nonEmpty(what: string): (text: string) => string {
  return (text) => {
    if (text === '') throw new Error(`${what} is missing`);
    return text;
  };
}

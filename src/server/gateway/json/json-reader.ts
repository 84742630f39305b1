import { isUtf8 } from 'node:buffer';
import { shortened } from '../../../kit/shortened.ts';
import {
  backslash,
  closeBrace,
  closeBracket,
  colon,
  comma,
  isJsonSpace,
  openBrace,
  openBracket,
  quote,
} from './json-bytes.ts';
import { JsonError } from './json-error.ts';

/** A scalar value, or the bracket of an object or list. `raw` is its source text, for errors. */
export type ScalarToken =
  | { readonly kind: 'string'; readonly raw: string; readonly text: string }
  | { readonly kind: 'bool'; readonly raw: string; readonly value: boolean }
  | { readonly kind: 'number' | 'null'; readonly raw: string }
  | { readonly kind: 'bracket'; readonly raw: '{' | '[' };

interface StringToken {
  readonly raw: string;
  readonly text: string;
}

/** Characters of a wrong value that an error shows. */
const shownLengthMax = 256;

/** Nesting depth of a value that is skipped. Go's limit. */
const depthMax = 10_000;

/** The first letter of `null`. No other value begins with it. */
const letterN = 0x6e;

const number = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * Reads one JSON value token by token, without a copy of it: a tree of objects may take 20 times
 * the memory of the text. All methods throw JsonError at the first token that is not JSON.
 */
export class JsonReader {
  readonly #json: Buffer;
  #at = 0;
  /** An object or a list was entered, and nothing in it was read. */
  #isFirst = true;

  /** @throws JsonError when the text is not UTF-8 */
  constructor(json: Buffer) {
    if (!isUtf8(json)) throw new JsonError('invalid JSON: the text is not UTF-8');
    this.#json = json;
  }

  enterObject(): void {
    this.#enter(openBrace, 'an object');
  }

  enterList(): void {
    this.#enter(openBracket, 'a list');
  }

  /** The name of the next member. Its value must be read next. Undefined: the object has ended. */
  nextName(): string | undefined {
    if (!this.#hasNext(closeBrace)) return undefined;
    this.#skipSpace();
    const { text } = this.#string();
    this.#skipSpace();
    this.#expect(colon, 'a colon');
    return text;
  }

  /** Whether the list has another element. */
  hasNextElement(): boolean {
    return this.#hasNext(closeBracket);
  }

  /** Skips a null. False: the next value is not null. */
  skipNull(): boolean {
    this.#skipSpace();
    return this.#json[this.#at] === letterN && this.scalar().kind === 'null';
  }

  /** The next value. For an object or a list, only its bracket. */
  scalar(): ScalarToken {
    this.#skipSpace();
    const first = this.#json[this.#at];
    if (first === quote) return { kind: 'string', ...this.#string() };
    if (first === openBrace) return { kind: 'bracket', raw: '{' };
    if (first === openBracket) return { kind: 'bracket', raw: '[' };
    const end = this.#wordEnd();
    const raw = this.#json.toString('latin1', this.#at, end);
    const isBool = raw === 'true' || raw === 'false';
    if (!isBool && raw !== 'null' && !number.test(raw)) throw syntaxError(this.#at, 'a value');
    this.#at = end;
    if (isBool) return { kind: 'bool', raw, value: raw === 'true' };
    return { kind: raw === 'null' ? 'null' : 'number', raw };
  }

  /** Skips any value. */
  skipValue(): void {
    const open: ('{' | '[')[] = [];
    do {
      const token = this.scalar();
      if (token.kind === 'bracket') {
        if (open.length === depthMax) throw new JsonError('the JSON is nested too deep');
        open.push(token.raw);
        this.#at += 1;
        this.#isFirst = true;
      }
      while (open.length > 0 && !this.#hasNextIn(open.at(-1))) open.pop();
    } while (open.length > 0);
  }

  #hasNextIn(bracket: '{' | '[' | undefined): boolean {
    return bracket === '{' ? this.nextName() !== undefined : this.hasNextElement();
  }

  #enter(bracket: number, what: string): void {
    this.#skipSpace();
    if (this.#json[this.#at] !== bracket) throw new JsonError(`expected ${what}, not ${shownValue(this.scalar())}`);
    this.#at += 1;
    this.#isFirst = true;
  }

  /** Skips the bracket at the end of an object or list, or the comma before another element. */
  #hasNext(bracket: number): boolean {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    this.#skipSpace();
    if (this.#json[this.#at] === bracket) {
      this.#at += 1;
      return false;
    }
    if (!isFirst) this.#expect(comma, 'a comma or the end of the object or list');
    return true;
  }

  #skipSpace(): void {
    while (isJsonSpace(this.#json[this.#at])) this.#at += 1;
  }

  #expect(byte: number, what: string): void {
    if (this.#json[this.#at] !== byte) throw syntaxError(this.#at, what);
    this.#at += 1;
  }

  /** The offset after the number or literal at the current offset. */
  #wordEnd(): number {
    let end = this.#at;
    while (isWordByte(this.#json[end])) end += 1;
    return end;
  }

  #string(): StringToken {
    const start = this.#at;
    this.#expect(quote, 'a string');
    let hasEscape = false;
    let end = this.#at;
    for (let byte = this.#json[end]; byte !== quote; byte = this.#json[end]) {
      if (byte === undefined || byte < 0x20) throw syntaxError(end, 'a character of a string');
      hasEscape ||= byte === backslash;
      end += byte === backslash ? 2 : 1;
    }
    this.#at = end + 1;
    const raw = this.#json.toString('utf8', start, this.#at);
    return { raw, text: hasEscape ? unescaped(raw) : raw.slice(1, -1) };
  }
}

function syntaxError(at: number, expected: string): JsonError {
  return new JsonError(`invalid JSON at byte ${at}: expected ${expected}`);
}

/** A wrong value, as an error shows it. */
export function shownValue({ raw }: ScalarToken): string {
  return shortened(raw, shownLengthMax);
}

function unescaped(raw: string): string {
  try {
    const text = JSON.parse(raw) as string;
    if (text.isWellFormed()) return text;
  } catch {
    // The error below is the same for all wrong escapes.
  }
  throw new JsonError(`invalid JSON: wrong escape in the string ${shortened(raw, shownLengthMax)}`);
}

const wordBytes = new Set(Buffer.from('-+.0123456789abcdefghijklmnopqrstuvwxyzE'));

/** Whether a byte is part of a number or a literal. */
function isWordByte(byte: number | undefined): boolean {
  return byte !== undefined && wordBytes.has(byte);
}

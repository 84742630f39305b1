import { isUtf8 } from 'node:buffer';
import { AssertionError, assert } from '../../../errors.ts';
import { shortened } from '../../../text/shortened.ts';
import { isJsonSpace } from './json-scanner.ts';
import { ProtoJsonError } from './proto-json-error.ts';

/**
 * A scalar value, or the first token of an object or list. `raw` is its source text, for errors.
 */
export type ScalarToken = { readonly start: number; readonly raw: string } & (
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'number' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'other' }
);

export interface NameToken {
  readonly start: number;
  readonly raw: string;
  readonly text: string;
}

/** Characters of a wrong value that an error shows. */
export const shownLengthMax = 256;

const quote = 0x22;
const backslash = 0x5c;
const [openBrace, closeBrace, openBracket, closeBracket, comma, colon] = Buffer.from('{}[],:');

/**
 * Reads one JSON value whose syntax is already checked, except for invalid UTF-8 in strings. Errors
 * contain the position, in the words of Go's protojson.
 */
export class JsonReader {
  readonly #json: Buffer;
  /** All of it is valid UTF-8, so strings need no check of their own. */
  readonly #isText: boolean;
  #at = 0;

  constructor(json: Buffer) {
    this.#json = json;
    this.#isText = isUtf8(json);
  }

  enterObject(): void {
    this.#enter(openBrace);
  }

  enterList(): void {
    this.#enter(openBracket);
  }

  /** The name of the next member. Its value must be read next. Undefined: the object has ended. */
  nextName(): NameToken | undefined {
    if (!this.#hasNext(closeBrace)) return undefined;
    const token = this.#string();
    this.#skipSpace();
    this.#expect(colon);
    return token;
  }

  /** Whether the list has another element. */
  hasNextElement(): boolean {
    return this.#hasNext(closeBracket);
  }

  /** Skips a null. False: the next value is not null. */
  skipNull(): boolean {
    this.#skipSpace();
    if (this.#json[this.#at] !== 0x6e) return false;
    this.#at += 'null'.length;
    return true;
  }

  /** The next value. For an object or a list, only its bracket. */
  scalar(): ScalarToken {
    this.#skipSpace();
    const start = this.#at;
    if (this.#json[start] === quote) return { kind: 'string', ...this.#string() };
    const raw = this.#word();
    if (raw === 'true' || raw === 'false') return { kind: 'bool', start, raw, value: raw === 'true' };
    const first = raw.charCodeAt(0);
    return { kind: first === 0x2d || (first >= 0x30 && first <= 0x39) ? 'number' : 'other', start, raw };
  }

  /** Skips any value. */
  skipValue(): void {
    let depth = 0;
    do {
      this.#skipSpace();
      switch (this.#json[this.#at]) {
        case openBrace:
        case openBracket:
          depth += 1;
          this.#at += 1;
          break;
        case closeBrace:
        case closeBracket:
          depth -= 1;
          this.#at += 1;
          break;
        case comma:
        case colon:
          this.#at += 1;
          break;
        case quote:
          this.#string();
          break;
        default:
          this.#at = this.#wordEnd();
      }
    } while (depth > 0);
  }

  /** An error for the value at an offset. */
  error(start: number, text: string): ProtoJsonError {
    return new ProtoJsonError(`(${this.#position(start)}): ${text}`);
  }

  #syntaxError(start: number, text: string): ProtoJsonError {
    return new ProtoJsonError(`syntax error (${this.#position(start)}): ${text}`);
  }

  /** Lines and characters count from 1. */
  #position(start: number): string {
    let line = 1;
    let character = 1;
    for (const byte of this.#json.subarray(0, start)) {
      if (byte === 0x0a) {
        line += 1;
        character = 1;
      } else if ((byte & 0xc0) !== 0x80) {
        character += 1;
      }
    }
    return `line ${line}:${character}`;
  }

  #enter(bracket: number | undefined): void {
    this.#skipSpace();
    if (this.#json[this.#at] === bracket) {
      this.#at += 1;
      return;
    }
    const { start, raw } = this.scalar();
    throw this.#syntaxError(start, `unexpected token ${shortened(raw, shownLengthMax)}`);
  }

  /**
   * Skips the closing bracket of an object or list, or a comma. Returns whether another element
   * follows.
   */
  #hasNext(bracket: number | undefined): boolean {
    this.#skipSpace();
    if (this.#json[this.#at] === comma) {
      this.#at += 1;
      this.#skipSpace();
    }
    if (this.#json[this.#at] !== bracket) return true;
    this.#at += 1;
    return false;
  }

  #skipSpace(): void {
    while (this.#at < this.#json.length && isJsonSpace(this.#json[this.#at] as number)) this.#at += 1;
  }

  #expect(byte: number | undefined): void {
    assert(this.#json[this.#at] === byte, 'the grammar of the JSON is sound');
    this.#at += 1;
  }

  /** A number, a literal, or a single bracket. */
  #word(): string {
    const start = this.#at;
    this.#at = this.#wordEnd();
    return this.#json.toString('latin1', start, this.#at);
  }

  #wordEnd(): number {
    let end = this.#at + 1;
    if (!isWordByte(this.#json[this.#at])) return end;
    while (isWordByte(this.#json[end])) end += 1;
    return end;
  }

  #string(): NameToken {
    const start = this.#at;
    const end = this.#stringEnd(start);
    const bytes = this.#json.subarray(start, end);
    if (!this.#isText && !isUtf8(bytes)) throw this.#syntaxError(start, 'invalid UTF-8 in string');
    const raw = bytes.toString('utf8');
    this.#at = end;
    if (!bytes.includes(backslash)) return { start, raw, text: raw.slice(1, -1) };
    const text: unknown = JSON.parse(raw);
    assert(typeof text === 'string', 'a string was read');
    if (!text.isWellFormed()) throw this.#surrogateError(start, raw);
    return { start, raw, text };
  }

  /** The offset after the closing quote of a string. */
  #stringEnd(start: number): number {
    let at = start + 1;
    for (let byte = this.#json[at]; byte !== quote; byte = this.#json[at]) at += byte === backslash ? 2 : 1;
    return at + 1;
  }

  /**
   * The error for the first escape of a surrogate without its other half. Go shows the six bytes
   * after it.
   */
  #surrogateError(start: number, raw: string): ProtoJsonError {
    const escapes = /\\(?:u(d[\da-f]{3})|.)/gi;
    for (let match = escapes.exec(raw); match !== null; match = escapes.exec(raw)) {
      const [, half] = match;
      if (half === undefined || half[1] === undefined || half[1] < '8') continue;
      const pair = /^\\u(d[89ab][\da-f]{2})\\u(d[c-f][\da-f]{2})/i.exec(raw.slice(match.index));
      if (pair !== null) {
        escapes.lastIndex = match.index + pair[0].length;
        continue;
      }
      const restStart = start + Buffer.byteLength(raw.slice(0, escapes.lastIndex));
      const rest = this.#json.subarray(restStart, restStart + 6);
      if (rest.length < 6) return new ProtoJsonError('unexpected EOF');
      return this.#syntaxError(start, `invalid escape code ${JSON.stringify(rest.toString('utf8'))} in string`);
    }
    throw new AssertionError('text that is not well-formed has an escape that is not');
  }
}

const wordBytes = new Set(Buffer.from('-+.0123456789abcdefghijklmnopqrstuvwxyzE'));

/** Whether a byte is part of a number or a literal. */
function isWordByte(byte: number | undefined): boolean {
  return byte !== undefined && wordBytes.has(byte);
}

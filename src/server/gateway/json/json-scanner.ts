/** The effect of a byte: the value continues, ends with this byte, or ended before it. */
export type Step = 'more' | 'endsWith' | 'endedBefore';

/** Invalid JSON, in the words of Go's encoding/json, which etcd's gateway returns. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** Nesting depth of objects and lists. Go's limit. */
const depthMax = 10_000;

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const colon = 0x3a;
const minus = 0x2d;
const zero = 0x30;
const dot = 0x2e;

type State =
  | 'value'
  | 'valueOrEnd'
  | 'name'
  | 'nameOrEnd'
  | 'afterValue'
  | 'string'
  | 'escape'
  | 'hexadecimal'
  | 'minus'
  | 'zero'
  | 'digits'
  | 'point'
  | 'fraction'
  | 'exponent'
  | 'exponentSign'
  | 'exponentDigits'
  | 'literal';

/** The position in the innermost object or list. */
type Container = 'objectName' | 'objectValue' | 'list';

const literals: Readonly<Record<string, string>> = { t: 'true', f: 'false', n: 'null' };

/**
 * Finds the end of a JSON value, byte by byte, and the first invalid byte. It starts at the first
 * byte of the value.
 */
export class JsonScanner {
  #state: State = 'value';
  readonly #containers: Container[] = [];
  #hexadecimalLeft = 0;
  #literal = '';
  #literalIndex = 0;

  /** @throws JsonSyntaxError */
  step(byte: number): Step {
    switch (this.#state) {
      case 'string':
        return this.#inString(byte);
      case 'value':
      case 'valueOrEnd':
        return this.#beginValue(byte);
      case 'name':
      case 'nameOrEnd':
        return this.#beginName(byte);
      case 'afterValue':
        return this.#afterValue(byte);
      case 'escape':
        return this.#inEscape(byte);
      case 'hexadecimal':
        if (!isHexadecimal(byte)) throw invalid(byte, 'in \\u hexadecimal character escape');
        this.#hexadecimalLeft -= 1;
        if (this.#hexadecimalLeft === 0) this.#state = 'string';
        return 'more';
      case 'literal':
        return this.#inLiteral(byte);
      default:
        return this.#inNumber(byte);
    }
  }

  /** Whether the value is complete if no byte follows. */
  get canEnd(): boolean {
    if (this.#containers.length > 0) return false;
    return ['zero', 'digits', 'fraction', 'exponentDigits', 'afterValue'].includes(this.#state);
  }

  /**
   * The offset of the first byte from `start` on that is not plain text of the current string.
   * Returns `start` outside of a string.
   */
  skipText(bytes: Uint8Array, start: number): number {
    if (this.#state !== 'string') return start;
    let at = start;
    for (; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === quote || byte === backslash || byte < 0x20) break;
    }
    return at;
  }

  #beginValue(byte: number): Step {
    if (isJsonSpace(byte)) return 'more';
    const mayEnd = this.#state === 'valueOrEnd';
    if (mayEnd && byte === closeBracket) return this.#close();
    switch (byte) {
      case openBrace:
        this.#open(byte, 'objectName', 'nameOrEnd');
        return 'more';
      case openBracket:
        this.#open(byte, 'list', 'valueOrEnd');
        return 'more';
      case quote:
        this.#state = 'string';
        return 'more';
      case minus:
        this.#state = 'minus';
        return 'more';
      case zero:
        this.#state = 'zero';
        return 'more';
      default:
    }
    if (isDigit(byte)) {
      this.#state = 'digits';
      return 'more';
    }
    const literal = literals[String.fromCharCode(byte)];
    if (literal === undefined) throw invalid(byte, 'looking for beginning of value');
    this.#state = 'literal';
    this.#literal = literal;
    this.#literalIndex = 1;
    return 'more';
  }

  #open(byte: number, container: Container, state: State): void {
    this.#containers.push(container);
    if (this.#containers.length > depthMax) throw invalid(byte, 'exceeded max depth');
    this.#state = state;
  }

  #beginName(byte: number): Step {
    if (isJsonSpace(byte)) return 'more';
    if (this.#state === 'nameOrEnd' && byte === closeBrace) return this.#close();
    if (byte !== quote) throw invalid(byte, 'looking for beginning of object key string');
    this.#state = 'string';
    return 'more';
  }

  #afterValue(byte: number): Step {
    const container = this.#containers.at(-1);
    if (container === undefined) return 'endedBefore';
    if (isJsonSpace(byte)) {
      this.#state = 'afterValue';
      return 'more';
    }
    switch (container) {
      case 'objectName':
        if (byte !== colon) throw invalid(byte, 'after object key');
        this.#containers[this.#containers.length - 1] = 'objectValue';
        this.#state = 'value';
        return 'more';
      case 'objectValue':
        if (byte === closeBrace) return this.#close();
        if (byte !== comma) throw invalid(byte, 'after object key:value pair');
        this.#containers[this.#containers.length - 1] = 'objectName';
        this.#state = 'name';
        return 'more';
      case 'list':
        if (byte === closeBracket) return this.#close();
        if (byte !== comma) throw invalid(byte, 'after array element');
        this.#state = 'value';
        return 'more';
    }
  }

  #close(): Step {
    this.#containers.pop();
    this.#state = 'afterValue';
    return this.#containers.length === 0 ? 'endsWith' : 'more';
  }

  #inString(byte: number): Step {
    if (byte === quote) this.#state = 'afterValue';
    else if (byte === backslash) this.#state = 'escape';
    else if (byte < 0x20) throw invalid(byte, 'in string literal');
    return 'more';
  }

  #inEscape(byte: number): Step {
    const letter = String.fromCharCode(byte);
    if (letter === 'u') {
      this.#state = 'hexadecimal';
      this.#hexadecimalLeft = 4;
    } else if ('bfnrt\\/"'.includes(letter)) {
      this.#state = 'string';
    } else {
      throw invalid(byte, 'in string escape code');
    }
    return 'more';
  }

  #inLiteral(byte: number): Step {
    const expected = this.#literal[this.#literalIndex] ?? '';
    if (byte !== expected.charCodeAt(0)) {
      throw invalid(byte, `in literal ${this.#literal} (expecting '${expected}')`);
    }
    this.#literalIndex += 1;
    if (this.#literalIndex === this.#literal.length) this.#state = 'afterValue';
    return 'more';
  }

  #inNumber(byte: number): Step {
    const next = this.#numberState(byte);
    if (next === undefined) return this.#afterValue(byte);
    this.#state = next;
    return 'more';
  }

  /** Undefined: the number ended before this byte. */
  #numberState(byte: number): State | undefined {
    const isExponentSign = byte === 0x2b || byte === minus;
    const isExponent = byte === 0x65 || byte === 0x45;
    switch (this.#state) {
      case 'minus':
        if (!isDigit(byte)) throw invalid(byte, 'in numeric literal');
        return byte === zero ? 'zero' : 'digits';
      case 'zero':
      case 'digits':
        if (this.#state === 'digits' && isDigit(byte)) return 'digits';
        if (byte === dot) return 'point';
        return isExponent ? 'exponent' : undefined;
      case 'point':
        if (!isDigit(byte)) throw invalid(byte, 'after decimal point in numeric literal');
        return 'fraction';
      case 'fraction':
        if (isDigit(byte)) return 'fraction';
        return isExponent ? 'exponent' : undefined;
      case 'exponent':
        if (isExponentSign) return 'exponentSign';
        if (!isDigit(byte)) throw invalid(byte, 'in exponent of numeric literal');
        return 'exponentDigits';
      case 'exponentSign':
        if (!isDigit(byte)) throw invalid(byte, 'in exponent of numeric literal');
        return 'exponentDigits';
      default:
        return isDigit(byte) ? 'exponentDigits' : undefined;
    }
  }
}

export function isJsonSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function isDigit(byte: number): boolean {
  return byte >= zero && byte <= 0x39;
}

function isHexadecimal(byte: number): boolean {
  return isDigit(byte) || (byte >= 0x61 && byte <= 0x66) || (byte >= 0x41 && byte <= 0x46);
}

function invalid(byte: number, context: string): JsonSyntaxError {
  return new JsonSyntaxError(`invalid character ${quoted(byte)} ${context}`);
}

const named: Readonly<Record<number, string>> = {
  7: '\\a',
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  39: "\\'",
  [backslash]: '\\\\',
};

/** Quotes a byte as Go quotes the character with its number. */
function quoted(byte: number): string {
  return `'${named[byte] ?? plainOrHexadecimal(byte)}'`;
}

function plainOrHexadecimal(byte: number): string {
  const hexadecimal = byte.toString(16).padStart(2, '0');
  if (byte < 0x20 || byte === 0x7f) return `\\x${hexadecimal}`;
  // Go prints no control characters, no space other than the usual one, and no soft hyphen.
  const isUnprintable = (byte >= 0x80 && byte <= 0xa0) || byte === 0xad;
  return isUnprintable ? `\\u00${hexadecimal}` : String.fromCharCode(byte);
}

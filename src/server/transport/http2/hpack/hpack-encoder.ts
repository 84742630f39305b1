import type { HeaderField } from '../../http/header-field.ts';
import { defaultHeaderTableBytes } from '../protocol.ts';
import { staticTable } from './hpack-static-table.ts';

/**
 * The header blocks of nearly all answers of a connection. The encoder compares them by identity,
 * keeps their fields in the client's table, and encodes the blocks once.
 */
export interface UsualAnswer {
  readonly head: readonly HeaderField[];
  readonly trailers: readonly HeaderField[];
}

/** For connections without common header blocks. */
export const noUsualAnswer: UsualAnswer = { head: [], trailers: [] };

const indexed = (index: number) => Buffer.of(0x80 | index);
const emptyTheTable = Buffer.of(0x20);

/**
 * Encodes the header blocks of one connection's answers. Keeps the usual fields in the client's
 * table, unless the client allows no table.
 */
export class HpackEncoder {
  readonly #usual: UsualAnswer;
  #usesTable = true;
  #mustEmpty = false;
  /** The fields in the client's table, the oldest first. */
  readonly #inserted: HeaderField[] = [];
  /** The usual blocks, once their fields have final positions in the table. */
  #head: Buffer | undefined;
  #trailers: Buffer | undefined;

  constructor(usual: UsualAnswer = noUsualAnswer) {
    this.#usual = usual;
  }

  /** The client's SETTINGS_HEADER_TABLE_SIZE. */
  setTableBytesMax(bytes: number): void {
    if (bytes >= defaultHeaderTableBytes) return;
    this.#usesTable = false;
    // The client drops fields that no longer fit. This side must confirm the new size.
    this.#mustEmpty = true;
    this.#head = undefined;
    this.#trailers = undefined;
  }

  /** A header block. */
  block(fields: readonly HeaderField[]): Buffer {
    const { head, trailers } = this.#usual;
    if (fields === head) return this.#head ?? this.#usualBlock(fields);
    if (fields === trailers) return this.#trailers ?? this.#usualBlock(fields);
    return this.#joined(fields.map((field) => literal(field, withoutIndexing)));
  }

  #usualBlock(fields: readonly HeaderField[]): Buffer {
    const insertedBefore = this.#inserted.length;
    const block = this.#joined(fields.map((field) => this.#usualField(field)));
    const isSettled = insertedBefore === this.#inserted.length && this.#hasAll;
    if (isSettled && fields === this.#usual.head) this.#head = block;
    if (isSettled && fields === this.#usual.trailers) this.#trailers = block;
    return block;
  }

  /**
   * Inserts a field into the client's table when it is first sent. Later the field is sent as its
   * index.
   */
  #usualField(field: HeaderField): Buffer {
    const staticIndex = staticIndexOf(field);
    if (staticIndex > 0) return indexed(staticIndex);
    if (!this.#usesTable) return literal(field, withoutIndexing);
    const at = this.#inserted.indexOf(field);
    // The field that was inserted last has the first index after the static table.
    if (at !== -1) return indexed(staticTable.length + this.#inserted.length - at);
    this.#inserted.push(field);
    return literal(field, withIndexing);
  }

  get #hasAll(): boolean {
    const { head, trailers } = this.#usual;
    const isKept = (field: HeaderField) => staticIndexOf(field) > 0 || this.#inserted.includes(field);
    return this.#usesTable && head.every(isKept) && trailers.every(isKept);
  }

  #joined(parts: readonly Buffer[]): Buffer {
    if (!this.#mustEmpty) return Buffer.concat(parts);
    this.#mustEmpty = false;
    return Buffer.concat([emptyTheTable, ...parts]);
  }
}

/** The index of a field with this name and value in the static table; 0: it is not there. */
function staticIndexOf([name, value]: HeaderField): number {
  return staticTable.findIndex(([knownName, knownValue]) => knownName === name && knownValue === value) + 1;
}

interface LiteralForm {
  readonly firstByte: number;
  readonly prefixBits: number;
}

const withoutIndexing: LiteralForm = { firstByte: 0x00, prefixBits: 4 };
const withIndexing: LiteralForm = { firstByte: 0x40, prefixBits: 6 };

function literal([name, value]: HeaderField, { firstByte, prefixBits }: LiteralForm): Buffer {
  const nameIndex = staticTable.findIndex(([known]) => known === name) + 1;
  const head = integer(nameIndex, { firstByte, prefixBits });
  const parts = nameIndex === 0 ? [head, ...string(name)] : [head];
  return Buffer.concat([...parts, ...string(value)]);
}

function string(text: string): readonly Buffer[] {
  const bytes = Buffer.from(text, 'latin1');
  return [integer(bytes.length, { firstByte: 0x00, prefixBits: 7 }), bytes];
}

function integer(value: number, { firstByte, prefixBits }: LiteralForm): Buffer {
  const mask = 2 ** prefixBits - 1;
  if (value < mask) return Buffer.of(firstByte | value);
  const bytes = [firstByte | mask];
  let rest = value - mask;
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  bytes.push(rest);
  return Buffer.from(bytes);
}

import type { HeaderField } from '../../grpc/call-stream.ts';
import { defaultHeaderTableBytes } from '../protocol.ts';
import { staticTable } from './hpack-static-table.ts';

/** The two fields of nearly every answer, kept in the client's table. Index 62 is the one inserted last. */
const contentType: HeaderField = ['content-type', 'application/grpc'];
const statusOk: HeaderField = ['grpc-status', '0'];
const insertContentType = literal(contentType, { firstByte: 0x40, prefixBits: 6 });
const insertStatusOk = literal(statusOk, { firstByte: 0x40, prefixBits: 6 });
const indexed = (index: number) => Buffer.of(0x80 | index);
const status200 = indexed(8);
const emptyTheTable = Buffer.of(0x20);

/** Encodes the header blocks of one connection's answers. Keeps two fields in the client's table, unless it wants no table. */
export class HpackEncoder {
  #usesTable = true;
  #hasContentType = false;
  #hasStatusOk = false;
  #mustEmpty = false;
  /** `:status` 200 and the content type, as they are encoded when both are in the tables. */
  #head: Buffer | undefined;

  /** The client's SETTINGS_HEADER_TABLE_SIZE. */
  setTableBytesMax(bytes: number): void {
    if (bytes >= defaultHeaderTableBytes) return;
    this.#usesTable = false;
    // The client forgets what no longer fits, and must be told that this side knows.
    this.#mustEmpty = true;
    this.#head = undefined;
  }

  /** The headers before an answer. */
  answerHead(): Buffer {
    if (this.#head !== undefined) return this.#head;
    const head = this.#block([status200, this.#contentType()]);
    if (this.#usesTable && this.#hasStatusOk) this.#head = Buffer.concat([status200, indexed(63)]);
    return head;
  }

  /** The trailers of an answer that is good. */
  okTrailers(): Buffer {
    if (!this.#usesTable) return this.#block([literal(statusOk, withoutIndexing)]);
    if (this.#hasStatusOk) return indexed62;
    if (!this.#hasContentType) return this.#block([literal(statusOk, withoutIndexing)]);
    this.#hasStatusOk = true;
    return insertStatusOk;
  }

  /** Any other fields. */
  fields(fields: readonly HeaderField[]): Buffer {
    return this.#block(fields.map((field) => literal(field, withoutIndexing)));
  }

  #contentType(): Buffer {
    if (!this.#usesTable) return literal(contentType, withoutIndexing);
    if (this.#hasContentType) return indexed(this.#hasStatusOk ? 63 : 62);
    this.#hasContentType = true;
    return insertContentType;
  }

  #block(parts: readonly Buffer[]): Buffer {
    if (!this.#mustEmpty) return Buffer.concat(parts);
    this.#mustEmpty = false;
    return Buffer.concat([emptyTheTable, ...parts]);
  }
}

const indexed62 = indexed(62);

interface LiteralForm {
  readonly firstByte: number;
  readonly prefixBits: number;
}

const withoutIndexing: LiteralForm = { firstByte: 0x00, prefixBits: 4 };

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

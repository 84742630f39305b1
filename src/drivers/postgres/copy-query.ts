/** Many rows in binary: COPY ... TO STDOUT. pg gets the columns of a query as text only, which for ten megabytes of values costs more than reading them. */
import pg from 'pg';
import { assert } from '../../errors.ts';
import type { ColumnType } from '../../sql/dialects/dialect.ts';
import type { Column, Row, Value } from '../../sql/statement.ts';

/** Signature, flags, length of the extension: what comes before the first row. */
const signatureBytes = 11;
const headerBytes = signatureBytes + 4 + 4;
const endOfRows = -1;

/** Bytes of values that are allocated together: malloc takes as much from the kernel, and gives it back. */
const roomBytes = 256 * 1024;

/** What a COPY brings, and who takes its rows; undefined: they are collected. */
interface CopyShape {
  readonly columns: readonly Column[];
  readonly each: ((row: Row) => void) | undefined;
}

/** Reads the rows of a COPY in binary form. */
export class CopyQuery extends pg.Query {
  /** The rows that nobody took. */
  readonly received: Row[] = [];
  /** How many came, taken or not. */
  rowsReceived = 0;
  readonly #columns: readonly Column[];
  readonly #each: ((row: Row) => void) | undefined;
  #isFirst = true;
  #room = Buffer.alloc(0);
  #used = 0;

  /** `callback` is called when all rows are there, or with the error. */
  constructor(select: string, { columns, each }: CopyShape, callback: (error: Error | null | undefined) => void) {
    super({ text: `COPY (${select}) TO STDOUT (FORMAT binary)` }, undefined, (error) => callback(error));
    this.#columns = columns;
    this.#each = each;
  }

  /** pg calls it for each message of the server's; a message is a row, the first one after the header. */
  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    let offset = 0;
    if (this.#isFirst) offset = headerBytes + chunk.readInt32BE(signatureBytes + 4);
    this.#isFirst = false;
    while (offset < chunk.length) offset = this.#readRow(chunk, offset);
  }

  #readRow(chunk: Buffer, start: number): number {
    const count = chunk.readInt16BE(start);
    let offset = start + 2;
    if (count === endOfRows) return offset;
    assert(count === this.#columns.length, 'a row has the columns that were asked for');
    // An array that grows column by column is given room for twice as many.
    const row = new Array<Value>(count);
    for (let column = 0; column < count; column += 1) {
      const { type } = this.#columns[column] as Column;
      const length = chunk.readInt32BE(offset);
      offset += 4;
      row[column] = length < 0 ? null : this.#field(chunk, { type, offset, length });
      if (length > 0) offset += length;
    }
    this.rowsReceived += 1;
    if (this.#each === undefined) this.received.push(row);
    else this.#each(row);
    return offset;
  }

  #field(chunk: Buffer, { type, offset, length }: { type: ColumnType; offset: number; length: number }): Value {
    switch (type) {
      case 'text':
        return chunk.toString('latin1', offset, offset + length);
      case 'bytes':
        return this.#each === undefined ? this.#copied(chunk, offset, length) : chunk.subarray(offset, offset + length);
      default:
        if (length === 4) return chunk.readInt32BE(offset);
        assert(length === 8, 'a whole number has 32 or 64 bits');
        return chunk.readInt32BE(offset) * 2 ** 32 + chunk.readUInt32BE(offset + 4);
    }
  }

  /** The chunk is pg's, which uses it again. The bytes of many rows are copied into one buffer: one allocation instead of hundreds. */
  #copied(chunk: Buffer, offset: number, length: number): Uint8Array {
    if (this.#room.length - this.#used < length) {
      this.#room = Buffer.allocUnsafeSlow(Math.max(length, roomBytes));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += chunk.copy(this.#room, start, offset, offset + length);
    return this.#room.subarray(start, this.#used);
  }
}

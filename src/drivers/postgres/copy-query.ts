/**
 * Reads many rows in binary with COPY ... TO STDOUT. pg decodes the columns of a query from text,
 * which for 10 MB of values costs more than reading them.
 */
import pg from 'pg';
import { assert } from '../../errors.ts';
import type { ColumnType } from '../../sql/dialects/dialect.ts';
import type { Column, Row, Value } from '../../sql/statement.ts';

/** The header before the first row: signature, flags, length of the extension. */
const signatureBytes = 11;
const headerBytes = signatureBytes + 4 + 4;
const endOfRows = -1;

/**
 * The size of a buffer for many values: malloc requests as much from the kernel, and returns it.
 */
const bufferBytes = 256 * 1024;

/**
 * The columns of a COPY, and the receiver of its rows. Without a receiver the rows are collected.
 */
interface CopyShape {
  readonly columns: readonly Column[];
  readonly each: ((row: Row) => void) | undefined;
}

/** Reads the rows of a COPY in binary form. */
export class CopyQuery extends pg.Query {
  /** The collected rows, without a receiver. */
  readonly received: Row[] = [];
  /** The number of all rows. */
  rowsReceived = 0;
  readonly #columns: readonly Column[];
  readonly #each: ((row: Row) => void) | undefined;
  #isFirst = true;
  #buffer = Buffer.alloc(0);
  #used = 0;

  /** `callback` is called with all rows received, or with the error. */
  constructor(select: string, { columns, each }: CopyShape, callback: (error: Error | null | undefined) => void) {
    super({ text: `COPY (${select}) TO STDOUT (FORMAT binary)` }, undefined, (error) => callback(error));
    this.#columns = columns;
    this.#each = each;
  }

  /**
   * pg calls this for each message of the server. A message is a row; the first one comes after the
   * header.
   */
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
    assert(count === this.#columns.length, 'a row has the columns that were requested');
    // An array that grows column by column would reserve twice the length.
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

  /**
   * Copies bytes out of the chunk, which pg reuses. The bytes of many rows share one buffer: one
   * allocation instead of hundreds.
   */
  #copied(chunk: Buffer, offset: number, length: number): Uint8Array {
    if (this.#buffer.length - this.#used < length) {
      this.#buffer = Buffer.allocUnsafeSlow(Math.max(length, bufferBytes));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += chunk.copy(this.#buffer, start, offset, offset + length);
    return this.#buffer.subarray(start, this.#used);
  }
}

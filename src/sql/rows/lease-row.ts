/** Rows of the statements of leases. */
import { numberAt } from '../shape.ts';
import type { Shape } from '../statement.ts';

export interface LeaseRow {
  readonly id: bigint;
  /** The granted TTL. */
  readonly ttlSeconds: number;
  readonly expiresAtMs: number;
}

export const leaseShape: Shape<LeaseRow> = {
  columns: { id: 'text', ttlSeconds: 'integer', expiresAtMs: 'integer' },
  decode: (row) => ({ id: BigInt(row[0] as string), ttlSeconds: numberAt(row, 1), expiresAtMs: numberAt(row, 2) }),
};

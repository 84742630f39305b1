/** The programs that only read, by the name under which they are sent to a thread or a connection. */
import { eventsAfter, eventsOfKeys, idBefore } from './events.ts';
import { headProgram } from './head.ts';
import { leaseProgram, leasesById, leasesDue, leasesProgram } from './lease-reads.ts';
import type { RangeOperation } from './operations.ts';
import { type PointRead, pointReads } from './point-reads.ts';
import type { Program } from './program.ts';
import { type PagePosition, rangePages } from './range-page.ts';

export const readPrograms = {
  head: (_input: null) => headProgram(),
  points: (reads: readonly PointRead[]) => pointReads(reads),
  rangePages: (input: { operation: RangeOperation; position: PagePosition | undefined }) =>
    rangePages(input.operation, input.position),
  eventsAfter,
  eventsOfKeys,
  idBefore,
  lease: leaseProgram,
  leases: (_input: null) => leasesProgram(),
  leasesById,
  leasesDue,
} as const;

export type ReadName = keyof typeof readPrograms;
export type ReadInput<Name extends ReadName> = Parameters<(typeof readPrograms)[Name]>[0];
export type ReadOutput<Name extends ReadName> =
  ReturnType<(typeof readPrograms)[Name]> extends Program<infer Result> ? Result : never;

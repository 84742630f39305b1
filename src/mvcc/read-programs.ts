/** The programs that only read, by the names under which threads and connections run them. */

import { authNames, rolePermissions, tokenSecret, userRights } from './auth/auth-reads.ts';
import { alarmsProgram } from './cluster/alarms.ts';
import { membersSince } from './cluster/members.ts';
import { idsToCompact } from './compaction/compact.ts';
import type { DatabaseFacts } from './database-facts.ts';
import { headProgram } from './head.ts';
import { leaseClock } from './leases/lease-clock.ts';
import { leaseCount, leaseProgram, leasesById, leasesProgram, nextLeases } from './leases/lease-reads.ts';
import type { Program } from './program.ts';
import { eventsAfter, eventsOfKeys, idBefore } from './reads/events.ts';
import { pointReads } from './reads/point-reads.ts';
import { rangePages } from './reads/range-page.ts';
import { backendParts } from './snapshot/backend-parts.ts';
import { hashKeys } from './snapshot/hash-keys.ts';
import { chunkEnd } from './snapshot/key-bucket.ts';
import { snapshotPage, snapshotSizes } from './snapshot/snapshot-pages.ts';

const readPrograms = {
  head: (_input: null) => headProgram(),
  points: pointReads,
  rangePages,
  eventsAfter,
  eventsOfKeys,
  idBefore,
  hashKeys,
  backendParts: (_input: null) => backendParts(),
  snapshotChunkEnd: chunkEnd,
  snapshotSizes,
  snapshotPage,
  idsToCompact: (_input: null) => idsToCompact(),
  lease: leaseProgram,
  leaseCount: (_input: null) => leaseCount(),
  leases: leasesProgram,
  leasesById,
  nextLeases,
  leaseClock: (_input: null) => leaseClock(),
  membersSince,
  alarms: (_input: null) => alarmsProgram(),
  userRights,
  rolePermissions,
  authNames,
  tokenSecret: (_input: null) => tokenSecret(),
} as const;

/**
 * Programs that need no transaction: they run one statement, or they are correct even if their
 * statements see different moments.
 */
const withoutTransaction: ReadonlySet<ReadName> = new Set([
  'head',
  'leaseCount',
  'nextLeases',
  'leaseClock',
  'membersSince',
  'snapshotChunkEnd',
  'snapshotSizes',
  'snapshotPage',
]);

/** Whether a program needs a transaction, so that all its statements see one moment. */
export function needsSnapshot(name: ReadName, { answersLists }: DatabaseFacts): boolean {
  return !withoutTransaction.has(name) && !(name === 'points' && answersLists);
}

export type ReadName = keyof typeof readPrograms;
export type ReadInput<Name extends ReadName> = Parameters<(typeof readPrograms)[Name]>[0];
export type ReadOutput<Name extends ReadName> =
  ReturnType<(typeof readPrograms)[Name]> extends Program<infer Result> ? Result : never;

/**
 * The buffers of results that a thread transfers instead of copying. The memory of a large buffer
 * contains nothing else.
 */
const handedOver: { readonly [Name in ReadName]?: (result: ReadOutput<Name>) => Iterable<Uint8Array> } = {
  points: ({ bytes }) => [bytes],
  rangePages: ({ blocks }) => blocks.map(({ bytes }) => bytes),
  eventsAfter: ({ events }) => [events.bytes],
  eventsOfKeys: ({ events }) => [events.bytes],
  snapshotPage: ({ bytes }) => [bytes],
};

/** The buffers to transfer from the result of a program. */
export function handedOverByRead<Name extends ReadName>(name: Name, result: ReadOutput<Name>): Iterable<Uint8Array> {
  const buffersOf: ((result: ReadOutput<Name>) => Iterable<Uint8Array>) | undefined = handedOver[name];
  return buffersOf?.(result) ?? [];
}

/** The program of a name, for a database with these properties. */
export function readProgram<Name extends ReadName>(
  name: Name,
  input: ReadInput<Name>,
  facts: DatabaseFacts,
): Program<ReadOutput<Name>> {
  const program = readPrograms[name] as (input: ReadInput<Name>, facts: DatabaseFacts) => Program<ReadOutput<Name>>;
  return program(input, facts);
}

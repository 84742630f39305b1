import { isList, isMessage, type Message, type Outcome, type Value } from './message.ts';
import type { Step } from './step.ts';

/** Where etcd before 3.7 answers otherwise than 3.7: there the model of 3.7 says what is right. */
interface VersionDifference {
  readonly name: string;
  readonly applies: (answered: Answered) => boolean;
}

/** What a difference may depend on. */
export interface Answered {
  readonly step: Step;
  readonly request: Message;
  /** Of the older version. */
  readonly outcome: Outcome;
  readonly compactedRevision: number;
}

const versionDifferences: readonly VersionDifference[] = [
  {
    // It came with 3.7.
    name: 'RangeStream is unknown',
    applies: ({ step }) => step.kind === 'rangeStream',
  },
  {
    // 3.7 answers keys_only from its index, which knows no leases.
    name: 'keys_only tells leases',
    applies: ({ step, request }) => step.kind === 'unary' && readsKeysOnly(request),
  },
  {
    // 3.7 answers when every watcher of the stream is up to date: never with one that waits for a future revision, or with none.
    name: 'a progress request is always answered',
    applies: ({ request }) => request.progress_request !== undefined,
  },
  {
    // The codec changed with 3.7, and says less.
    name: 'what is wrong with invalid protobuf',
    applies: ({ step, outcome }) => step.kind === 'raw' && outcome.code === 13,
  },
  {
    // 3.7 looks at the operations of a transaction one after the other, and at the lease of a put before its key.
    name: 'which of several mistakes is told',
    applies: ({ step, outcome }) => step.kind === 'unary' && ['Put', 'Txn'].includes(step.method) && outcome.code !== 0,
  },
  {
    // 3.5 began to refuse it.
    name: 'an unknown sort order is no order',
    applies: ({ step, request }) =>
      step.kind === 'unary' && step.method === 'Range' && Number(request.sort_order ?? 0) > 2,
  },
  {
    // 3.7 refuses it as compacted.
    name: 'a watch may start at a negative revision',
    applies: ({ request }) => Number(startRevision(request)) < 0,
  },
  {
    // 3.7 keeps deletes of the compacted revision itself until the next compaction.
    name: 'a watch from the compacted revision misses its deletes',
    applies: ({ request, compactedRevision }) =>
      compactedRevision > 0 && Number(startRevision(request)) === compactedRevision,
  },
];

/** What an older etcd does not survive, and is therefore not asked. */
const deadly: readonly VersionDifference[] = [
  {
    // 3.5 began to refuse it.
    name: 'an unknown sort target',
    applies: ({ step, request }) =>
      step.kind === 'unary' && step.method === 'Range' && Number(request.sort_target ?? 0) > 4,
  },
];

/** Answers of a reference that do not count, because a newer version answers otherwise. */
export interface VersionRules {
  /** The model decides. */
  readonly prefersOracle: (answered: Answered) => boolean;
  /** The reference would die of it: it is not even asked. */
  readonly spares: (asked: Omit<Answered, 'outcome'>) => boolean;
}

/** For a reference that counts in everything. */
export const noRules: VersionRules = { prefersOracle: () => false, spares: () => false };

/** @param version the reference's, such as `3.4.23` */
export function versionRules(version: string): VersionRules {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 3 || minor >= 7) return noRules;
  return {
    prefersOracle: (answered) => [...versionDifferences, ...deadly].some(({ applies }) => applies(answered)),
    spares: (asked) => deadly.some(({ applies }) => applies({ ...asked, outcome: notAsked })),
  };
}

const notAsked: Outcome = { code: 0, reply: {} };

function startRevision(request: Message): Value {
  return isMessage(request.create_request) ? request.create_request.start_revision : undefined;
}

function readsKeysOnly(value: Value): boolean {
  if (isList(value)) return value.some(readsKeysOnly);
  return isMessage(value) && (value.keys_only === true || Object.values(value).some(readsKeysOnly));
}

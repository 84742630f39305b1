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

const sortOrderMax = 2;
const sortTargetMax = 4;

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
    applies: ({ step, outcome }) => step.kind.startsWith('raw') && outcome.code === 13,
  },
  {
    // 3.7 looks at the operations of a transaction one after the other, and at the lease of a put before its key.
    name: 'which of several mistakes is told',
    applies: ({ step, outcome }) => step.kind === 'unary' && ['Put', 'Txn'].includes(step.method) && outcome.code !== 0,
  },
  {
    // 3.5 began to refuse it.
    name: 'an unknown sort order is no order',
    applies: ({ step }) => isUnknownOrder(Number(requestOf(step).sort_order ?? 0)),
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

/** How far a reference counts. */
export interface VersionRules {
  /** Whether the model decides instead, because newer versions answer otherwise. */
  readonly prefersOracle: (answered: Answered) => boolean;
  /** The step as the reference may be asked it; undefined where it would not survive that. */
  readonly asks: (step: Step) => Step | undefined;
}

/** For a reference that counts in everything. */
export const noRules: VersionRules = { prefersOracle: () => false, asks: (step) => step };

/** @param version the reference's, such as `3.4.23` */
export function versionRules(version: string): VersionRules {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 3 || minor >= 7) return noRules;
  return {
    prefersOracle: (answered) => versionDifferences.some(({ applies }) => applies(answered)),
    asks: (step) => (hasUnknownSortTarget(step) ? undefined : withoutUnusualProtobuf(step)),
  };
}

function requestOf(step: Step): Message {
  return (step.kind === 'raw' ? step.meaning : 'request' in step ? step.request : undefined) ?? {};
}

function isUnknownOrder(order: number): boolean {
  return order < 0 || order > sortOrderMax;
}

/** 3.4 panics where 3.5 and later refuse. */
function hasUnknownSortTarget(step: Step): boolean {
  return step.kind === 'unary' && step.method === 'Range' && Number(step.request.sort_target ?? 0) > sortTargetMax;
}

/** The codec before 3.7 does not merge the pieces of a message as protobuf has it, and refuses known fields of another type. */
function withoutUnusualProtobuf(step: Step): Step {
  if (step.kind !== 'raw' || step.meaning === undefined) return step;
  return { kind: 'unary', method: step.method, request: step.meaning };
}

function startRevision(request: Message): Value {
  return isMessage(request.create_request) ? request.create_request.start_revision : undefined;
}

function readsKeysOnly(value: Value): boolean {
  if (isList(value)) return value.some(readsKeysOnly);
  return isMessage(value) && (value.keys_only === true || Object.values(value).some(readsKeysOnly));
}

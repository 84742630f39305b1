import { sleep } from '../support/index.ts';
import {
  type Canonical,
  canonical,
  canonicalMessage,
  type FirstDifference,
  firstDifference,
  printCanonical,
  printRequest,
} from './canonical.ts';
import { type Bindings, isMessage, type Message, type Outcome, resolve } from './message.ts';
import { withoutTies } from './sort-ties.ts';
import type { Step } from './step.ts';
import type { Target } from './target.ts';
import { WatchRecord } from './watch-record.ts';

/**
 * The model as the runner needs it: a target that replies at once and has the current revisions.
 */
export interface OracleTarget extends Target {
  readonly currentRevision: number;
  readonly compactedRevision: number;
}

export interface Contestants {
  /**
   * Gives what to wait for: how many events a watcher is due, whether a progress request is
   * answered.
   */
  readonly oracle: OracleTarget;
  /** Gives the correct replies. It may be the oracle. */
  readonly expected: Target;
  readonly actual: Target;
  /** Kills the server of `actual` and starts it again. */
  readonly restartActual: () => Promise<void>;
  /**
   * Waits until the server in the place of `actual` has in memory everything so far, as far as it
   * does not read its database: where a watch begins, and which leases can be kept alive.
   */
  readonly actualKnowsAll: () => Promise<void>;
}

/** One reply that differs from the expected one. */
export interface Difference {
  readonly index: number;
  readonly step: Step;
  readonly request: string;
  readonly field: FirstDifference;
  readonly expected: Canonical | undefined;
  readonly actual: Canonical | undefined;
}

const differenceCountMax = 10;
const differenceCountOfKindMax = 2;
const watchTimeoutMs = 8_000;
/** After the first timeout the script continues to its end with this shorter timeout. */
const watchTimeoutAfterDifferenceMs = 500;
/**
 * How long a progress request may stay unanswered while watchers still catch up; then it is sent
 * again.
 */
const progressRetryMs = 150;
/** etcd checks every 100 ms for watchers that start in the past. */
const catchUpMs = 400;
/** How long to wait for a reply that must not come. */
const silenceMs = 50;
/**
 * How far two servers' remaining times to live may be apart: both are rounded, at different
 * moments. The model's remaining time does not change.
 */
const ttlToleranceSeconds = 3;
const printedLengthMax = 1500;

/**
 * Runs the script on all contestants, request by request, and returns the differences between
 * `expected` and `actual`.
 */
export async function runScript(script: readonly Step[], contestants: Contestants): Promise<Difference[]> {
  const run = new ScriptRun(contestants);
  try {
    for (const [index, step] of script.entries()) {
      await run.step(index, step);
      if (run.isOver) break;
    }
  } finally {
    run.closeWatches();
  }
  return run.differences;
}

/** The difference as a few lines for a reader. */
export function describeDifference(difference: Difference, names: { expected: string; actual: string }): string {
  return [
    `step ${difference.index}, ${describeMethod(difference.step)} ${shortened(difference.request)}`,
    `  field    ${difference.field.path}`,
    `  expected ${shortened(printCanonical(difference.field.expected))}`,
    `  actual   ${shortened(printCanonical(difference.field.actual))}`,
    `  ${names.expected} answered ${shortened(printCanonical(difference.expected))}`,
    `  ${names.actual} answered ${shortened(printCanonical(difference.actual))}`,
  ].join('\n');
}

function describeMethod(step: Step): string {
  return 'method' in step ? step.method : step.kind;
}

function shortened(text: string): string {
  return text.length <= printedLengthMax ? text : `${text.slice(0, printedLengthMax)}... (${text.length} characters)`;
}

/** A contestant with the state that it alone has: the lease ids it chose, and its watch streams. */
class Lane {
  readonly target: Target;
  readonly leaseIds = new Map<string, string>();
  readonly aliases = new Map<string, string>();
  readonly watches = new Map<number, WatchRecord>();

  constructor(target: Target) {
    this.target = target;
  }

  watch(stream: number): WatchRecord {
    const record = this.watches.get(stream) ?? new WatchRecord(this.target.watch());
    this.watches.set(stream, record);
    return record;
  }
}

class ScriptRun {
  readonly differences: Difference[] = [];
  isOver = false;
  readonly #contestants: Contestants;
  readonly #oracle: Lane;
  readonly #expected: Lane;
  readonly #actual: Lane;
  readonly #lanes: readonly Lane[];
  /** How many entries of a watcher were compared already, by stream and watch id. */
  readonly #comparedCounts = new Map<string, number>();
  #watchCreatedAtMs = 0;
  readonly #differenceCounts = new Map<string, number>();
  readonly #startedAtMs = Date.now();
  #index = 0;
  #step: Step = { kind: 'settle' };

  constructor(contestants: Contestants) {
    this.#contestants = contestants;
    this.#oracle = new Lane(contestants.oracle);
    this.#expected = contestants.expected === contestants.oracle ? this.#oracle : new Lane(contestants.expected);
    this.#actual = new Lane(contestants.actual);
    this.#lanes = [...new Set([this.#oracle, this.#expected, this.#actual])];
  }

  async step(index: number, step: Step): Promise<void> {
    this.#index = index;
    this.#step = step;
    switch (step.kind) {
      case 'settle':
        return this.#settle();
      case 'restart':
        return this.#restart();
      case 'closeWatch':
        return this.#closeWatch(step.stream);
      case 'watch':
        return this.#watchStep(step.stream, step.request);
      default:
        return this.#callStep(step);
    }
  }

  closeWatches(): void {
    for (const lane of this.#lanes) for (const record of lane.watches.values()) record.session.close();
  }

  async #restart(): Promise<void> {
    for (const stream of [...this.#oracle.watches.keys()]) await this.#closeWatch(stream);
    await this.#contestants.restartActual();
  }

  async #callStep(step: Exclude<Step, { kind: 'watch' | 'closeWatch' | 'settle' | 'restart' }>): Promise<void> {
    if (step.kind === 'unary' && step.method === 'Compact') await this.#beforeCompaction();
    if (isAboutLeases(step)) await this.#contestants.actualKnowsAll();
    const outcomes = new Map<Lane, Outcome>();
    // All requests are built before the first is sent: the oracle replies at once, and its
    // revisions advance.
    const calls = this.#lanes.map((lane) => ({ lane, request: this.#requestOf(step, lane) }));
    const request = this.#requestOf(step, this.#actual);
    await Promise.all(
      calls.map(async ({ lane, request }) => {
        outcomes.set(lane, await call(lane.target, step, request));
      }),
    );
    for (const lane of this.#lanes) rememberLease(lane, step, outcomes.get(lane));
    this.#compare(request, outcomes.get(this.#expected), outcomes.get(this.#actual));
  }

  /**
   * A watcher that has not caught up when its start is compacted is cancelled. Watchers with events
   * to come are waited for. For watchers without events, nothing shows when they have caught up, so
   * they get a fixed time.
   */
  async #beforeCompaction(): Promise<void> {
    await this.#settle();
    await sleep(Math.max(0, this.#watchCreatedAtMs + catchUpMs - Date.now()));
  }

  /** The request with its references replaced. For a raw request: its bytes, for a reader. */
  #requestOf(step: Step, lane: Lane): Message {
    if ('request' in step) return resolve(step.request, this.#bindings(lane));
    return 'bytes' in step ? { bytes: step.bytes } : {};
  }

  #compare(request: Message, expected: Outcome | undefined, actual: Outcome | undefined): void {
    if (expected === undefined || actual === undefined) throw new Error('every lane has an outcome');
    this.#report(request, comparable(request, expected, this.#expected), comparable(request, actual, this.#actual));
  }

  #report(request: Message, expected: Canonical | undefined, actual: Canonical | undefined): void {
    const field = firstDifference(expected, actual, '');
    if (field === undefined || (this.#isTimeStep() && this.#isTtlWithinTolerance(field))) return;
    this.#keep({
      index: this.#index,
      step: this.#step,
      request: printRequest(request),
      field,
      expected,
      actual,
    });
    // Once the revisions differ, everything after does.
    this.isOver ||= this.differences.length >= differenceCountMax || field.path.endsWith('.revision');
  }

  /** A repeated mistake would hide others, so only the first ones of each kind are kept. */
  #keep(difference: Difference): void {
    const kind = `${describeMethod(difference.step)} ${difference.field.path.replace(/\d+/g, '#')}`;
    const sameCount = (this.#differenceCounts.get(kind) ?? 0) + 1;
    this.#differenceCounts.set(kind, sameCount);
    if (sameCount <= differenceCountOfKindMax) this.differences.push(difference);
  }

  #isTtlWithinTolerance({ path, expected, actual }: FirstDifference): boolean {
    const sinceStartSeconds = (Date.now() - this.#startedAtMs) / 1000;
    const toleranceSeconds = ttlToleranceSeconds + (this.#expected === this.#oracle ? sinceStartSeconds : 0);
    return path === '.TTL' && Math.abs(Number(expected) - Number(actual)) <= toleranceSeconds;
  }

  #isTimeStep(): boolean {
    return this.#step.kind === 'unary' && this.#step.method === 'LeaseTimeToLive';
  }

  #bindings(lane: Lane): Bindings {
    const { currentRevision, compactedRevision } = this.#contestants.oracle;
    return { currentRevision, compactedRevision, leaseIds: lane.leaseIds };
  }

  async #watchStep(stream: number, template: Message): Promise<void> {
    const request = resolve(template, this.#bindings(this.#actual));
    await this.#contestants.actualKnowsAll();
    if (request.create_request === undefined) await this.#settle();
    for (const lane of this.#lanes) lane.watch(stream).progress.length = 0;
    for (const lane of this.#lanes) lane.watch(stream).session.send(request);
    if (request.create_request !== undefined) return this.#compareCreated(stream, request);
    if (request.cancel_request !== undefined) return this.#settle();
    return this.#compareProgress(stream, request);
  }

  async #compareCreated(stream: number, request: Message): Promise<void> {
    this.#watchCreatedAtMs = Date.now();
    const oracle = this.#oracle.watch(stream);
    oracle.read();
    const createdCount = oracle.created.length;
    await this.#untilAll(stream, (record) => record.created.length >= createdCount);
    const [expected, actual] = [this.#expected, this.#actual].map(
      (lane) => lane.watch(stream).created[createdCount - 1],
    );
    this.#report(
      request,
      expected && canonicalMessage(expected, new Map()),
      actual && canonicalMessage(actual, new Map()),
    );
    const create = request.create_request;
    if (isMessage(create) && create.fragment === true) {
      this.#actual.watch(stream).expectFragments(String(actual?.watch_id ?? 0));
    }
  }

  async #compareProgress(stream: number, request: Message): Promise<void> {
    this.#oracle.watch(stream).read();
    const isDue = this.#oracle.watch(stream).progress.length > 0;
    const answers = new Map<Lane, Canonical | undefined>();
    for (const lane of this.#lanes) answers.set(lane, await this.#progressAnswer(lane.watch(stream), request, isDue));
    this.#report(request, answers.get(this.#expected), answers.get(this.#actual));
  }

  /**
   * The reply to a progress request that was already sent. A watcher that has just caught up may
   * not count as caught up yet. Clients send the request again, and so does the runner.
   */
  async #progressAnswer(record: WatchRecord, request: Message, isDue: boolean): Promise<Canonical | undefined> {
    const isAnswered = () => {
      record.read();
      return record.progress.length > 0;
    };
    const deadline = Date.now() + (isDue ? this.#timeoutMs() : silenceMs);
    while (!(await record.session.until(isAnswered, isDue ? progressRetryMs : silenceMs)) && Date.now() < deadline) {
      record.session.send(request);
    }
    const answer = record.progress.splice(0).at(-1);
    return answer && canonicalMessage(answer, new Map());
  }

  async #closeWatch(stream: number): Promise<void> {
    await this.#settle();
    for (const lane of this.#lanes) {
      lane.watches.get(stream)?.session.close();
      lane.watches.delete(stream);
    }
    for (const position of this.#comparedCounts.keys()) {
      if (position.startsWith(`${stream} `)) this.#comparedCounts.delete(position);
    }
  }

  /** Waits until every watcher has the same events as the oracle's watcher, and compares them. */
  async #settle(): Promise<void> {
    for (const stream of this.#oracle.watches.keys()) {
      const oracle = this.#oracle.watch(stream);
      const due = oracle.watchIds().map((watchId) => ({ watchId, count: oracle.entries(watchId).length }));
      await this.#untilAll(stream, (record) =>
        due.every(({ watchId, count }) => record.entries(watchId).length >= count),
      );
      for (const { watchId } of due) this.#compareEntries(stream, watchId);
      this.#compareViolations(stream);
    }
  }

  async #untilAll(stream: number, satisfied: (record: WatchRecord) => boolean): Promise<void> {
    const until = (lane: Lane) => {
      const record = lane.watch(stream);
      const check = () => {
        record.read();
        return satisfied(record);
      };
      return record.session.until(check, this.#timeoutMs());
    };
    await Promise.all(this.#lanes.map(until));
  }

  #timeoutMs(): number {
    return this.differences.length === 0 ? watchTimeoutMs : watchTimeoutAfterDifferenceMs;
  }

  #compareEntries(stream: number, watchId: string): void {
    const position = `${stream} ${watchId}`;
    const comparedCount = this.#comparedCounts.get(position) ?? 0;
    const entriesOf = (lane: Lane) => lane.watch(stream).entries(watchId).slice(comparedCount);
    const canonicalOf = (lane: Lane) => entriesOf(lane).map((entry) => canonicalMessage(entry, lane.aliases));
    const expected = canonicalOf(this.#expected);
    const actual = canonicalOf(this.#actual);
    this.#comparedCounts.set(position, comparedCount + Math.max(expected.length, actual.length));
    this.#report({ stream, watchId, entriesBefore: comparedCount }, { watch: expected }, { watch: actual });
  }

  #compareViolations(stream: number): void {
    const violations = this.#actual.watch(stream).violations.splice(0);
    this.#report({ stream }, { violations: [] }, { violations });
  }
}

async function call(target: Target, step: Step, request: Message): Promise<Outcome> {
  switch (step.kind) {
    case 'unary':
      return target.unary(step.method, request);
    case 'rangeStream':
      return target.rangeStream(request);
    case 'keepAlive':
      return target.keepAlive(request);
    case 'raw':
      return target.raw(step);
    case 'rawStream':
      return target.rawStream(step.method, step.bytes);
    default:
      throw new Error(`${step.kind} is no call`);
  }
}

function isAboutLeases(step: Step): boolean {
  return step.kind === 'keepAlive' || (step.kind === 'unary' && step.method.startsWith('Lease'));
}

function rememberLease(lane: Lane, step: Step, outcome: Outcome | undefined): void {
  if (step.kind !== 'unary' || step.alias === undefined || outcome === undefined || !('reply' in outcome)) return;
  const id = String(outcome.reply.ID);
  lane.leaseIds.set(step.alias, id);
  lane.aliases.set(id, step.alias);
}

/**
 * The outcome in the form that is compared: without chance, and without what the protocol leaves
 * open.
 */
function comparable(request: Message, outcome: Outcome, lane: Lane): Canonical {
  if ('text' in outcome) return canonical(outcome, lane.aliases);
  const reply = withSortedLists(withoutTies(request, mergedChunks(outcome.reply)), lane.aliases);
  return canonical({ code: 0, reply }, lane.aliases);
}

/** The reply of Range that is equivalent to a RangeStream. */
function mergedChunks(reply: Message): Message {
  const messages = (reply.messages ?? []) as readonly Message[];
  const chunks = messages.map((message) => message.range_response).filter(isMessage);
  if (chunks.length === 0) return reply;
  const rows = chunks.flatMap((chunk) => (chunk.kvs ?? []) as readonly Message[]);
  return { ...Object.assign({}, ...chunks), kvs: rows };
}

/** Leases, and the keys of a lease, may come in any order. */
function withSortedLists(reply: Message, aliases: ReadonlyMap<string, string>): Message {
  const byName = (lease: Message) => aliases.get(String(lease.ID)) ?? String(lease.ID);
  const { leases, keys } = reply as { leases?: readonly Message[]; keys?: readonly Buffer[] };
  return {
    ...reply,
    ...(leases && { leases: [...leases].sort((left, right) => (byName(left) < byName(right) ? -1 : 1)) }),
    ...(keys && { keys: [...keys].sort(Buffer.compare) }),
  };
}

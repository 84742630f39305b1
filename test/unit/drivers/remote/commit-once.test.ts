import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AttemptTransaction, commitOnce } from '../../../../src/drivers/remote/commit-once.ts';
import { CommitSlots } from '../../../../src/drivers/remote/commit-slots.ts';
import { remoteLimits } from '../../../../src/drivers/remote/remote-limits.ts';
import { OutcomeUnknown, TransactionConflict } from '../../../../src/drivers/remote/retry.ts';
import { CommitInDoubt } from '../../../../src/drivers/remote/session.ts';
import { AssertionError, DriverError } from '../../../../src/errors.ts';
import type { Program, Query } from '../../../../src/mvcc/program.ts';
import type { Row } from '../../../../src/sql/statement.ts';

const lost = new DriverError('lost', 'the connection was lost');
const refused = new TransactionConflict('deadlock', undefined);

/**
 * The end of an attempt: success, no reply, an error before its commit, or in doubt. `isForgotten`:
 * the records of all commits are removed afterwards.
 */
type End =
  | 'good'
  | 'no answer'
  | { readonly before: Error }
  | { readonly doubt: Error; readonly isMade: boolean; readonly isForgotten?: true };

/** A database with one table, `tine_commit`, in which attempts end in the given ways. */
class Attempts {
  readonly #ends: readonly End[];
  readonly #tokens = new Map<string, string>();
  readonly slots = new CommitSlots();
  readonly outcomes: string[] = [];
  readonly usedSlots: string[] = [];
  count = 0;

  constructor(...ends: readonly End[]) {
    this.#ends = ends;
  }

  /**
   * The result is the number of the attempt that was committed. `writeGuarded`: how the guarded
   * write ends. Undefined: there is no guarded write.
   */
  run(writeGuarded?: Exclude<End, 'no answer'> | 'nothing done'): Promise<number> {
    return commitOnce<number>({
      slots: this.slots,
      nowMs: () => 0,
      ...(writeGuarded !== undefined && { writeGuarded: (mark: Query) => this.#writeGuarded(mark, writeGuarded) }),
      program: () => numberOf(this.count + 1),
      transact: (transaction, program) => this.#transact(transaction, program),
      onDoubtEnd: (outcome) => this.outcomes.push(outcome),
    });
  }

  /** A guarded write, whose result is 0. */
  async #writeGuarded(mark: Query, end: Exclude<End, 'no answer'> | 'nothing done'): Promise<number | undefined> {
    if (end === 'nothing done') return undefined;
    if (typeof end === 'object' && 'before' in end) throw end.before;
    const written = new Map<string, string>();
    this.#run(mark, written);
    if (end === 'good' || end.isMade) for (const [slot, token] of written) this.#tokens.set(slot, token);
    if (end !== 'good') throw Object.assign(new CommitInDoubt(end.doubt), { result: 0 });
    return 0;
  }

  async #transact<Value>({ first, proof }: AttemptTransaction, program: Program<Value>): Promise<Value> {
    this.count += 1;
    const end = this.#ends[this.count - 1] ?? 'good';
    if (end === 'no answer') return new Promise(() => {});
    if (typeof end === 'object' && 'before' in end) throw end.before;
    const written = new Map<string, string>();
    const run = (query: Query): readonly Row[] => this.#run(query, written);
    for (const query of first) run(query);
    let step = program.next();
    while (step.done !== true) step = program.next(step.value.map(run));
    const result = step.value;
    if (end === 'good' || end.isMade) for (const [slot, token] of written) this.#tokens.set(slot, token);
    if (end !== 'good' && end.isForgotten === true) this.#tokens.clear();
    if (end !== 'good') throw Object.assign(new CommitInDoubt(end.doubt), { result });
    assert.ok(proof.holds(run(proof.query)), 'the mark of the transaction is there');
    return result;
  }

  #run({ statement, parameters, list }: Query, written: Map<string, string>): readonly Row[] {
    switch (statement.name) {
      case 'set_commit': {
        const [slot, token] = list?.[0] ?? [];
        this.usedSlots.push(String(slot));
        written.set(String(slot), String(token));
        return [[1]];
      }
      case 'committed_token': {
        const slot = String(parameters[0]);
        const token = written.get(slot) ?? this.#tokens.get(slot);
        return token === undefined ? [] : [[token]];
      }
      default:
        return [];
    }
  }
}

// biome-ignore lint/correctness/useYield: a program without queries
function* numberOf(count: number): Program<number> {
  return count;
}

test('a successful write is committed with its first attempt', async () => {
  const attempts = new Attempts();
  assert.equal(await attempts.run(), 1);
  assert.deepEqual(attempts.outcomes, []);
});

test('a commit whose reply was lost but which succeeded counts', async () => {
  const attempts = new Attempts({ doubt: lost, isMade: true });
  assert.equal(await attempts.run(), 1);
  assert.equal(attempts.count, 2);
  assert.deepEqual(attempts.outcomes, ['committed']);
});

test('a commit whose reply was lost and which failed is attempted again', async () => {
  const attempts = new Attempts({ doubt: lost, isMade: false });
  assert.equal(await attempts.run(), 2);
  assert.deepEqual(attempts.outcomes, ['undone']);
});

test('a commit whose record was removed before the lookup is not attempted again, and its outcome is unknown', async () => {
  // The clock of the database was set: another instance removes records that seem to be old.
  const attempts = new Attempts('good', { doubt: lost, isMade: true, isForgotten: true });
  await attempts.run();
  await assert.rejects(attempts.run(), OutcomeUnknown);
  assert.deepEqual(attempts.outcomes, ['unknown']);
});

test('of several commits in doubt the one that succeeded counts', async () => {
  const attempts = new Attempts({ doubt: lost, isMade: false }, { doubt: refused, isMade: true });
  assert.equal(await attempts.run(), 2);
  assert.equal(attempts.count, 3);
  assert.deepEqual(attempts.outcomes, ['committed']);
});

test('a lookup whose reply was lost is repeated', async () => {
  const attempts = new Attempts({ doubt: lost, isMade: true }, { doubt: lost, isMade: true });
  assert.equal(await attempts.run(), 1);
  assert.equal(attempts.count, 3);
  assert.deepEqual(attempts.outcomes, ['committed']);
});

test('a commit that a cluster refused but executed is not executed twice', async () => {
  const attempts = new Attempts({ doubt: refused, isMade: true });
  assert.equal(await attempts.run(), 1);
  assert.deepEqual(attempts.outcomes, [], 'a conflict is no loss');
});

const tooLarge = new DriverError('tooLarge', 'a transaction is larger than the database accepts');

test('a commit that is too large is not attempted again; the refusal is the error, and the slot is reused', async () => {
  const attempts = new Attempts({ doubt: tooLarge, isMade: false });
  await assert.rejects(attempts.run(), tooLarge);
  assert.equal(attempts.count, 2, 'the second attempt only looks for the first one');
  assert.deepEqual(attempts.outcomes, [], 'a refusal is no loss');
  assert.equal(await attempts.run(), 3);
  assert.equal(new Set(attempts.usedSlots).size, 1);
});

test('a commit that was refused as too large but executed counts', async () => {
  const attempts = new Attempts({ doubt: tooLarge, isMade: true });
  assert.equal(await attempts.run(), 1);
});

test('a refusal counts only when the lookup of the refused commit is committed', async () => {
  const ends = [{ doubt: tooLarge, isMade: false }, { doubt: refused, isMade: false }, { before: refused }] as const;
  const attempts = new Attempts(...ends);
  await assert.rejects(attempts.run(), tooLarge);
  assert.equal(attempts.count, 4);
  const lookedUp = new Attempts({ doubt: tooLarge, isMade: false }, { doubt: lost, isMade: true });
  await assert.rejects(lookedUp.run(), tooLarge);
  assert.equal(lookedUp.count, 3);
});

test('a write that succeeded in one request is not attempted again, and its slot is reused', async () => {
  const attempts = new Attempts();
  assert.equal(await attempts.run('good'), 0);
  assert.equal(await attempts.run(), 1);
  assert.equal(attempts.count, 1);
  assert.equal(new Set(attempts.usedSlots).size, 1);
});

test('a write that was refused in one request is attempted normally', async () => {
  const attempts = new Attempts({ doubt: lost, isMade: false });
  assert.equal(await attempts.run('nothing done'), 2);
  assert.deepEqual(attempts.outcomes, ['undone'], 'only the first try is made at once');
});

test('a write in one request whose reply was lost counts if it succeeded, and is attempted otherwise', async () => {
  const made = new Attempts();
  assert.equal(await made.run({ doubt: lost, isMade: true }), 0);
  assert.deepEqual(made.outcomes, ['committed']);
  const undone = new Attempts();
  assert.equal(await undone.run({ doubt: lost, isMade: false }), 1);
  assert.deepEqual(undone.outcomes, ['undone']);
});

test('a write in one request that got no connection is attempted once more', async () => {
  const attempts = new Attempts();
  assert.equal(await attempts.run({ before: lost }), 1);
});

test('a write that loses a conflict is attempted again, as often as that happens', async () => {
  const attempts = new Attempts({ before: refused }, { doubt: refused, isMade: false }, { before: refused });
  assert.equal(await attempts.run(), 4);
});

test('a write whose connection was lost before its commit is attempted once more', async () => {
  const once = new Attempts({ before: lost });
  assert.equal(await once.run(), 2);
  const twice = new Attempts({ before: lost }, { before: lost });
  await assert.rejects(twice.run(), lost);
  assert.equal(twice.count, 2);
});

test('a failure other than a lost connection is returned, and the slot is reused', async () => {
  const full = new DriverError('full', 'no space');
  const attempts = new Attempts({ before: full }, { before: full });
  await assert.rejects(attempts.run(), full);
  await assert.rejects(attempts.run(), full);
  assert.equal(attempts.count, 2);
  assert.ok(await attempts.run());
});

test('while a commit is in doubt, attempts continue until no client waits, and its slot is not reused', async (context) => {
  let nowMs = 0;
  context.mock.method(performance, 'now', () => nowMs);
  const attempts = new Attempts({ doubt: lost, isMade: false }, { before: lost }, { before: lost });
  context.mock.method(attempts.slots, 'giveBack', () => assert.fail('the slot was given back'));
  const running = attempts.run();
  setTimeout(() => {
    nowMs = remoteLimits.doubtMsMax + 1;
  }, 50);
  await assert.rejects(running, OutcomeUnknown);
  assert.deepEqual(attempts.outcomes, ['unknown']);
});

test('an attempt that timed out is the last one, even if its timer fires early', async (context) => {
  let nowMs = 0;
  context.mock.method(performance, 'now', () => nowMs);
  const attempts = new Attempts({ doubt: lost, isMade: false }, 'no answer', 'good');
  const running = attempts.run();
  // The clock does not advance: the timer fires before the deadline.
  nowMs = remoteLimits.doubtMsMax - 50;
  await assert.rejects(running, OutcomeUnknown);
  assert.equal(attempts.count, 2, 'the one that goes on may be committed');
});

test('an internal error keeps its class, also after a commit in doubt', async () => {
  const bug = new AssertionError('a bug');
  const attempts = new Attempts({ doubt: lost, isMade: false }, { before: bug });
  await assert.rejects(attempts.run(), bug);
});

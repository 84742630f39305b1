import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError, EtcdError } from '../../../errors.ts';
import { limits } from '../../../limits.ts';
import type { Logger } from '../../../logger.ts';
import type { Revision, TxnOperation } from '../../../mvcc/operations.ts';
import { SparseLog } from '../../../sparse-log.ts';
import type { KeyText } from '../../../sql/key-text.ts';
import { ownRequester } from '../../../store/requester.ts';
import { Slots } from '../../../store/slots.ts';
import type { Store } from '../../../store/store.ts';
import { serverLimits } from '../../server-limits.ts';

/** A key whose call is over before it came to the front. */
interface AbandonedKey {
  readonly key: KeyText;
  /** The key as it was then: one made anew is somebody's. Undefined: it is nobody else's, whenever it was made. */
  readonly createRevision: Revision | undefined;
}

/**
 * Deletes the keys of calls that were given up, so that nobody waits for them: at once, or when the database is there again. What it cannot delete goes with its lease.
 * It is the server's own work, whatever the client may do by now.
 */
export class AbandonedKeys {
  readonly #store: Store;
  readonly #log: SparseLog;
  readonly #requester = ownRequester();
  readonly #slots = new Slots({
    countMax: serverLimits.abandonedKeysAtOnceMax,
    waitingMax: serverLimits.abandonedKeysMax,
  });
  readonly #underWay = new Map<KeyText, Promise<void>>();

  constructor({ store, logger }: { readonly store: Store; readonly logger: Logger }) {
    this.#store = store;
    this.#log = new SparseLog({
      logger,
      message: 'the key of a lock that was given up stays until its lease ends',
      linesMax: limits.sparseLogLinesMax,
      intervalMs: limits.sparseLogIntervalMs,
    });
  }

  remove(abandoned: AbandonedKey): void {
    const { key } = abandoned;
    const done = this.#remove(abandoned).then(() => {
      if (this.#underWay.get(key) === done) this.#underWay.delete(key);
    });
    this.#underWay.set(key, done);
  }

  /** Resolves when a key is not about to be deleted: only then may it be taken again. */
  whenSettled(key: KeyText): Promise<void> | undefined {
    return this.#underWay.get(key);
  }

  /** Resolves when nothing is left to do. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #remove(abandoned: AbandonedKey): Promise<void> {
    const giveUpAtMs = performance.now() + serverLimits.abandonedKeyMsMax;
    for (;;) {
      try {
        await this.#removeOnce(abandoned);
        return;
      } catch (error) {
        const isOver = performance.now() > giveUpAtMs || this.#underWay.size > serverLimits.abandonedKeysMax;
        if (!isTransient(error) || isOver) {
          this.#log.write(() => ({ err: error }));
          return;
        }
        await sleep(serverLimits.lockRetryPauseMs, undefined, { ref: false });
      }
    }
  }

  async #removeOnce(abandoned: AbandonedKey): Promise<void> {
    const leave = await this.#slots.take();
    try {
      await this.#store.txn(removal(abandoned), { permit: undefined, requester: this.#requester });
    } finally {
      leave();
    }
  }
}

function removal({ key, createRevision }: AbandonedKey): TxnOperation {
  const keys = { one: key };
  return {
    kind: 'txn',
    compares: createRevision === undefined ? [] : [{ keys, result: 'equal', target: 'create', number: createRevision }],
    success: [{ kind: 'delete', keys, previous: false }],
    failure: [],
  };
}

/** Whether a later attempt may succeed. */
function isTransient(error: unknown): boolean {
  return error instanceof DriverError || (error instanceof EtcdError && error.entry === 'tooManyRequests');
}

import { setTimeout as sleep } from 'node:timers/promises';
import { DriverError, EtcdError } from '../../../errors.ts';
import { Slots } from '../../../kit/slots.ts';
import { SparseLog } from '../../../kit/sparse-log.ts';
import { limits } from '../../../limits.ts';
import type { Logger } from '../../../logger.ts';
import type { Revision } from '../../../mvcc/ids.ts';
import type { TxnOperation } from '../../../mvcc/operations.ts';
import type { KeyText } from '../../../sql/key-text.ts';
import { ownRequester } from '../../../store/queues/requester.ts';
import type { Store } from '../../../store/store.ts';
import { serverLimits } from '../../server-limits.ts';

/** The key of a call that ended before the key was first. */
interface AbandonedKey {
  readonly key: KeyText;
  /**
   * The create revision of the abandoned key. A key with a later one belongs to another call.
   * Undefined: no other call can have this key.
   */
  readonly createRevision: Revision | undefined;
}

/**
 * Deletes the keys of ended calls, so that no other call waits for them. It retries while the
 * database is unavailable. A key that cannot be deleted ends with its lease. The deletion is the
 * server's own work and does not depend on the client.
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
      message: 'cannot delete the key of an abandoned lock or campaign call; it stays until its lease ends',
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

  /** Resolves when a key is no longer about to be deleted. Only then may it be put again. */
  whenSettled(key: KeyText): Promise<void> | undefined {
    return this.#underWay.get(key);
  }

  /** Resolves when all deletions have ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #remove(abandoned: AbandonedKey): Promise<void> {
    const deadlineMs = performance.now() + serverLimits.abandonedKeyMsMax;
    for (;;) {
      try {
        await this.#removeOnce(abandoned);
        return;
      } catch (error) {
        const isFinal = performance.now() > deadlineMs || this.#underWay.size > serverLimits.abandonedKeysMax;
        if (!isTransient(error) || isFinal) {
          this.#log.write(() => ({ err: error }));
          return;
        }
        await sleep(serverLimits.lockRetryPauseMs, undefined, { ref: false });
      }
    }
  }

  async #removeOnce(abandoned: AbandonedKey): Promise<void> {
    await this.#slots.run(() => this.#store.txn(removal(abandoned), { permit: undefined, requester: this.#requester }));
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

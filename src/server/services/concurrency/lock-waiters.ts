import { etcdError } from '../../../errors.ts';
import { lowerBound } from '../../../kit/lower-bound.ts';
import type { Revision } from '../../../mvcc/ids.ts';
import { type KeyText, keyText } from '../../../sql/key-text.ts';
import type { LocalWatch } from '../../../watch/local-watch.ts';
import { serverLimits } from '../../server-limits.ts';
import type { ClientKeys } from './client-keys.ts';
import type { QueuedKey } from './queued-key.ts';

/** A key became the first of its queue. */
export interface Acquired {
  /** Other keys were before it. */
  readonly waited: boolean;
  /** At this revision the key existed and was the oldest. */
  readonly revision: Revision;
}

/**
 * The calls of this process that wait in queues. Only the database decides which key is first: a
 * call waits until the key before its own in the whole queue is deleted, then reads again. If the
 * call of that key waits in this process, the younger call waits for the older one without a read.
 * So a queue of any length costs one read per call that leaves it.
 */
export class LockWaiters {
  /** By the start of the queue's interval; the oldest first. */
  readonly #queues = new Map<KeyText, Waiter[]>();
  #count = 0;
  /** Bytes of the keys of all waiting calls. */
  #bytes = 0;

  /** @throws EtcdError if too many calls wait. Call it before a key is put. */
  checkCapacity(): void {
    const isFull = this.#count >= serverLimits.lockWaitersMax || this.#bytes >= serverLimits.lockWaitersBytesMax;
    if (isFull) throw etcdError('tooManyRequests');
  }

  /**
   * Resolves when no key of the queue is older. Undefined: the own key was deleted before, or its
   * lease ended.
   */
  async whenFirst(client: ClientKeys, queued: QueuedKey): Promise<Acquired | undefined> {
    const waiter = new Waiter(client, queued);
    this.#enter(waiter);
    let acquired: Acquired | undefined;
    try {
      acquired = await this.#wait(waiter);
    } finally {
      this.#leave(waiter, acquired);
    }
    return acquired;
  }

  async #wait(waiter: Waiter): Promise<Acquired | undefined> {
    for (let waited = false; ; waited = true) {
      const predecessor = this.#predecessorOf(waiter);
      const ahead = predecessor === undefined ? await waiter.findPredecessor() : await waiter.untilDone(predecessor);
      if (ahead === 'lost') return undefined;
      if ('first' in ahead) return { waited, revision: ahead.first };
      if ('behind' in ahead && !(await waiter.untilDeleted(ahead.behind, ahead.seenRevision))) return undefined;
    }
  }

  #enter(waiter: Waiter): void {
    const queue = this.#queues.get(waiter.queueName) ?? [];
    queue.splice(indexOf(queue, waiter.createRevision), 0, waiter);
    this.#queues.set(waiter.queueName, queue);
    this.#count += 1;
    this.#bytes += waiter.bytes;
  }

  /**
   * The youngest older call of this process. Two calls with one lease have the same key and do not
   * wait for each other.
   */
  #predecessorOf({ queueName, createRevision }: Waiter): Waiter | undefined {
    const queue = this.#queues.get(queueName) ?? [];
    return queue[indexOf(queue, createRevision) - 1];
  }

  #leave(waiter: Waiter, acquired: Acquired | undefined): void {
    const queue = this.#queues.get(waiter.queueName) ?? [];
    queue.splice(queue.indexOf(waiter, indexOf(queue, waiter.createRevision)), 1);
    if (queue.length === 0) this.#queues.delete(waiter.queueName);
    this.#count -= 1;
    this.#bytes -= waiter.bytes;
    waiter.leave(acquired);
  }
}

/** The index of the first call of a queue that is not older. */
function indexOf(queue: readonly Waiter[], createRevision: Revision): number {
  return lowerBound(queue, (waiter) => waiter.createRevision >= createRevision);
}

/**
 * The result of a look at the queue: the own key is first, at a revision; another key is before it,
 * seen at a revision; unknown, look again; or the own key is gone.
 */
type Ahead =
  | { readonly first: Revision }
  | { readonly behind: KeyText; readonly seenRevision: Revision }
  | { readonly unknown: true }
  | 'lost';

/** One waiting call and its own key, which it watches. */
class Waiter {
  readonly #client: ClientKeys;
  readonly #queued: QueuedKey;
  readonly #done = Promise.withResolvers<Acquired | undefined>();
  #ownWatch: LocalWatch | undefined;
  #ownEnd: Promise<'own'> | undefined;

  constructor(client: ClientKeys, queued: QueuedKey) {
    this.#client = client;
    this.#queued = queued;
  }

  get queueName(): KeyText {
    return this.#queued.queue.start;
  }

  /** Bytes of its keys. */
  get bytes(): number {
    const { key, queue } = this.#queued;
    return key.length + queue.start.length + (queue.end?.length ?? 0);
  }

  get createRevision(): Revision {
    return this.#queued.createRevision;
  }

  /** The call stops waiting: it has acquired the lock, or has ended. */
  leave(acquired: Acquired | undefined): void {
    this.#ownWatch?.close();
    this.#done.resolve(acquired);
  }

  /**
   * Reads the key before the own key, and the own key, at the same time. The own key is first if it
   * exists at the revision at which no other key is before it, or later.
   */
  async findPredecessor(): Promise<Ahead> {
    const { queue, createRevision } = this.#queued;
    const [older, own] = await Promise.all([
      this.#client.retryTransient(() => this.#client.lastBefore(queue, createRevision)),
      this.#confirm(),
    ]);
    if (own === undefined) return 'lost';
    if (older.keyValue !== undefined) return { behind: keyText(older.keyValue.key), seenRevision: older.revision };
    const first = own >= older.revision ? own : await this.#confirm();
    return first === undefined ? 'lost' : { first };
  }

  /**
   * Waits for another call of this process. After that call has acquired the lock, its key is the
   * one before the own key.
   */
  async untilDone(predecessor: Waiter): Promise<Ahead> {
    const done = predecessor.#done.promise;
    if (!(await this.#until(done))) return 'lost';
    const acquired = await done;
    return acquired === undefined
      ? { unknown: true }
      : { behind: predecessor.#queued.key, seenRevision: acquired.revision };
  }

  /**
   * Waits for the deletion of another key after a revision. It may return early. False: the own key
   * was deleted first.
   */
  async untilDeleted(key: KeyText, afterRevision: Revision): Promise<boolean> {
    const watch = this.#client.watch({ keys: [{ one: key }], selection: deletes, afterRevision });
    try {
      return await this.#until(watch.next());
    } finally {
      watch.close();
    }
  }

  /**
   * The revision at which the own key was found; undefined: it is gone. A later key with the same
   * name has another create revision.
   */
  async #confirm(): Promise<Revision | undefined> {
    const { keyValue, revision } = await this.#client.retryTransient(() => this.#client.get(this.#queued.key));
    return keyValue?.createRevision === this.#queued.createRevision ? revision : undefined;
  }

  /** Waits for an event. False: the own key was deleted first. */
  async #until(event: Promise<unknown>): Promise<boolean> {
    const happened = event.then(() => 'event' as const);
    for (let after = this.#queued.seenRevision; ; ) {
      const first = await this.#client.untilOver(Promise.race([happened, this.#watchOwn(after)]));
      if (first === 'event') return true;
      // The watch also ends when its events are compacted, so the key must be read again.
      this.#forgetOwn();
      const confirmed = await this.#confirm();
      if (confirmed === undefined) return false;
      after = confirmed;
    }
  }

  #watchOwn(afterRevision: Revision): Promise<'own'> {
    if (this.#ownEnd !== undefined) return this.#ownEnd;
    this.#ownWatch = this.#client.watch({ keys: [{ one: this.#queued.key }], selection: deletes, afterRevision });
    this.#ownEnd = this.#ownWatch.next().then(() => 'own' as const);
    return this.#ownEnd;
  }

  #forgetOwn(): void {
    this.#ownWatch?.close();
    this.#ownWatch = undefined;
    this.#ownEnd = undefined;
  }
}

const deletes = { puts: false, deletes: true };

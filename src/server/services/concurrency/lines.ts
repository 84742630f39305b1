import { etcdError } from '../../../errors.ts';
import type { Revision } from '../../../mvcc/operations.ts';
import { type KeyText, keyText } from '../../../sql/key-text.ts';
import type { LocalWatch } from '../../../watch/local-watch.ts';
import { serverLimits } from '../../server-limits.ts';
import type { ClientKeys } from './client-keys.ts';
import type { Place } from './line.ts';

/** A key came to the front of its line. */
export interface Turn {
  /** Others were before it. */
  readonly waited: boolean;
  /** The key was there, and no older one, at this revision. */
  readonly revision: Revision;
}

/**
 * Who waits in this process. The database alone says who is first: each waits until the key before it in the whole line is gone, then looks anew. Between two
 * that wait here the younger waits for the older one without asking, so that a line of any length costs the database one look for each that leaves it.
 */
export class Lines {
  /** By where the line's keys begin, the oldest first. */
  readonly #lines = new Map<KeyText, Waiter[]>();
  #count = 0;
  /** Of the keys of those who wait. */
  #bytes = 0;

  /** @throws EtcdError when too many wait already: to be asked before a place is taken. */
  checkRoom(): void {
    const isFull = this.#count >= serverLimits.lockWaitersMax || this.#bytes >= serverLimits.lockWaitersBytesMax;
    if (isFull) throw etcdError('tooManyRequests');
  }

  /** Resolves when no key of the line is older; undefined when the own key went before that: its lease ended, or somebody deleted it. */
  async whenFirst(client: ClientKeys, place: Place): Promise<Turn | undefined> {
    const waiter = new Waiter(client, place);
    this.#enter(waiter);
    let turn: Turn | undefined;
    try {
      turn = await this.#wait(waiter);
    } finally {
      this.#leave(waiter, turn);
    }
    return turn;
  }

  async #wait(waiter: Waiter): Promise<Turn | undefined> {
    for (let waited = false; ; waited = true) {
      const neighbour = this.#before(waiter);
      const ahead = neighbour === undefined ? await waiter.look() : await waiter.untilLeft(neighbour);
      if (ahead === 'lost') return undefined;
      if ('first' in ahead) return { waited, revision: ahead.first };
      if ('behind' in ahead && !(await waiter.untilDeleted(ahead.behind, ahead.seenRevision))) return undefined;
    }
  }

  #enter(waiter: Waiter): void {
    const line = this.#lines.get(waiter.lineName) ?? [];
    line.splice(indexOf(line, waiter.createRevision), 0, waiter);
    this.#lines.set(waiter.lineName, line);
    this.#count += 1;
    this.#bytes += waiter.bytes;
  }

  /** The youngest of those here that are older. Two calls with one lease have one key, and do not wait for each other. */
  #before({ lineName, createRevision }: Waiter): Waiter | undefined {
    const line = this.#lines.get(lineName) ?? [];
    return line[indexOf(line, createRevision) - 1];
  }

  #leave(waiter: Waiter, turn: Turn | undefined): void {
    const line = this.#lines.get(waiter.lineName) ?? [];
    line.splice(line.indexOf(waiter, indexOf(line, waiter.createRevision)), 1);
    if (line.length === 0) this.#lines.delete(waiter.lineName);
    this.#count -= 1;
    this.#bytes -= waiter.bytes;
    waiter.leave(turn);
  }
}

/** The first of a line that is not older. */
function indexOf(line: readonly Waiter[], createRevision: Revision): number {
  let start = 0;
  let end = line.length;
  while (start < end) {
    const middle = (start + end) >>> 1;
    if ((line[middle] as Waiter).createRevision < createRevision) start = middle + 1;
    else end = middle;
  }
  return start;
}

/** What a waiter finds before it: nobody, at a revision; a key, seen at a revision; or that it is to look again. Or that its own key is gone. */
type Ahead =
  | { readonly first: Revision }
  | { readonly behind: KeyText; readonly seenRevision: Revision }
  | { readonly unknown: true }
  | 'lost';

/** One call that waits, and its own key, which it keeps an eye on. */
class Waiter {
  readonly #client: ClientKeys;
  readonly #place: Place;
  readonly #left = Promise.withResolvers<Turn | undefined>();
  #ownWatch: LocalWatch | undefined;
  #ownEnd: Promise<'own'> | undefined;

  constructor(client: ClientKeys, place: Place) {
    this.#client = client;
    this.#place = place;
  }

  get lineName(): KeyText {
    return this.#place.line.start;
  }

  /** What its keys take. */
  get bytes(): number {
    const { key, line } = this.#place;
    return key.length + line.start.length + (line.end?.length ?? 0);
  }

  get createRevision(): Revision {
    return this.#place.createRevision;
  }

  /** It waits no more: it had its turn, or gave up. */
  leave(turn: Turn | undefined): void {
    this.#ownWatch?.close();
    this.#left.resolve(turn);
  }

  /** Asks the database for the key before the own one. Both are looked up at once: what counts is that the own key is there when no other is, or later. */
  async look(): Promise<Ahead> {
    const { line, createRevision } = this.#place;
    const [older, own] = await Promise.all([
      this.#client.patiently(() => this.#client.lastBefore(line, createRevision)),
      this.#confirm(),
    ]);
    if (own === undefined) return 'lost';
    if (older.keyValue !== undefined) return { behind: keyText(older.keyValue.key), seenRevision: older.revision };
    const first = own >= older.revision ? own : await this.#confirm();
    return first === undefined ? 'lost' : { first };
  }

  /** Waits for one that waits here. When that had its turn its key is the one before the own. */
  async untilLeft(neighbour: Waiter): Promise<Ahead> {
    const left = neighbour.#left.promise;
    if (!(await this.#until(left))) return 'lost';
    const turn = await left;
    return turn === undefined ? { unknown: true } : { behind: neighbour.#place.key, seenRevision: turn.revision };
  }

  /** Waits for the end of another's key after a revision; or it may have ended. False: the own key went before. */
  async untilDeleted(key: KeyText, afterRevision: Revision): Promise<boolean> {
    const watch = this.#client.watch({ keys: [{ one: key }], selection: deletes, afterRevision });
    try {
      return await this.#until(watch.next());
    } finally {
      watch.close();
    }
  }

  /** The revision at which the own key was found; undefined: it is gone. Another of the same name would have another place. */
  async #confirm(): Promise<Revision | undefined> {
    const { keyValue, revision } = await this.#client.patiently(() => this.#client.get(this.#place.key));
    return keyValue?.createRevision === this.#place.createRevision ? revision : undefined;
  }

  /** Waits for something. False: the own key went before. */
  async #until(event: Promise<unknown>): Promise<boolean> {
    const happened = event.then(() => 'event' as const);
    for (let after = this.#place.seenRevision; ; ) {
      const first = await this.#client.whileAsked(Promise.race([happened, this.#watchOwn(after)]));
      if (first === 'event') return true;
      // The watch does not say whether the key went, or what happened to it is compacted.
      this.#forgetOwn();
      const confirmed = await this.#confirm();
      if (confirmed === undefined) return false;
      after = confirmed;
    }
  }

  #watchOwn(afterRevision: Revision): Promise<'own'> {
    if (this.#ownEnd !== undefined) return this.#ownEnd;
    this.#ownWatch = this.#client.watch({ keys: [{ one: this.#place.key }], selection: deletes, afterRevision });
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

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { assert, DriverError } from '../errors.ts';
import { holdsKey } from '../mvcc/ids.ts';
import type { LogEvent } from '../mvcc/results.ts';
import { isSelected } from './audience/audience.ts';
import { eventChunks } from './events/event-chunk.ts';
import { withPreviousOfTransaction } from './events/previous-values.ts';
import type { WatchHub } from './hub.ts';
import type { Position } from './position.ts';
import { watchLimits } from './watch-limits.ts';
import type { Watcher } from './watcher.ts';

/**
 * Brings one watcher to the hub's position. Reads the event log if it reaches back far enough,
 * otherwise pages of the database, and never reads faster than the stream is read.
 */
export class CatchUp {
  readonly #hub: WatchHub;
  readonly #watcher: Watcher;
  #failureCount = 0;
  /** The watcher became live. If it falls behind again at once, another `CatchUp` follows it. */
  #hasJoined = false;

  constructor(hub: WatchHub, watcher: Watcher) {
    this.#hub = hub;
    this.#watcher = watcher;
  }

  /** Resolves when the watcher is live, or has ended. */
  async run(): Promise<void> {
    while (this.#isBehind) {
      try {
        await this.#step();
        this.#failureCount = 0;
      } catch (error) {
        if (!(error instanceof DriverError)) throw error;
        await this.#pauseAfterFailure();
      }
    }
  }

  get #isBehind(): boolean {
    return !this.#hasJoined && this.#watcher.state === 'behind';
  }

  async #step(): Promise<void> {
    const position = this.#watcher.position ?? this.#hub.log.positionBefore(this.#watcher.startRevision);
    if (!position) return this.#findStart();
    this.#watcher.position = position;
    if (position.id >= this.#hub.position.id) return this.#join();
    if (!this.#watcher.session.hasSpace) return this.#waitForSpace();
    if (!this.#hub.log.covers(position.id)) return this.#readDatabase(position);
    this.#readLog(position);
    if (this.#watcher.position.id < this.#hub.position.id) await nextTurn();
  }

  #join(): void {
    this.#hasJoined = true;
    this.#hub.join(this.#watcher);
  }

  async #findStart(): Promise<void> {
    const { startRevision } = this.#watcher;
    const found = await this.#hub.catchUpReads.run(async () =>
      this.#isBehind ? this.#hub.source.idBefore(startRevision) : undefined,
    );
    if (!found || !this.#isBehind) return;
    const { id, head } = found;
    if (startRevision < head.compactRevision)
      return this.#watcher.session.endCompacted(this.#watcher, head.compactRevision);
    this.#watcher.position = { id, revision: startRevision - 1 };
  }

  #readLog(position: Position): void {
    const { events, through } = this.#hub.log.after(position.id, watchLimits.logSliceEventsMax);
    assert(through !== undefined, 'the log reaches to the hub');
    const { keys, selection } = this.#watcher.audience;
    const selected = events.filter((event) => holdsKey(keys, event.key) && isSelected(event, selection));
    this.#watcher.position = this.#send(selected, this.#hub.source.latestHead.compactRevision, position) ?? through;
  }

  async #readDatabase(position: Position): Promise<void> {
    const { keys, selection } = this.#watcher.audience;
    const request = { keys, afterId: position.id, through: this.#hub.position };
    // Read only if the stream accepts data. Pages held for a blocked stream would use memory
    // without bound.
    const page = await this.#hub.catchUpReads.run(async () => {
      if (!this.#isBehind || !this.#watcher.session.hasSpace) return undefined;
      const { pageBytesMax: bytesMax } = this.#hub;
      return this.#hub.source.eventsOfKeys({ ...request, throughId: request.through.id, bytesMax });
    });
    if (!page || !this.#isBehind) return;
    const { compactRevision } = page.head;
    const nextRevision = Math.max(position.revision + 1, this.#watcher.startRevision);
    if (nextRevision < compactRevision) return this.#watcher.session.endCompacted(this.#watcher, compactRevision);
    assert(page.throughId > position.id, 'a page goes on');
    const selected = withPreviousOfTransaction(page.events).filter((event) => isSelected(event, selection));
    const isThrough = page.throughId >= request.through.id;
    const end = isThrough ? request.through : { id: page.throughId, revision: lastRevision(page.events, position) };
    this.#watcher.position = this.#send(selected, compactRevision, position) ?? end;
  }

  /**
   * Sends events while the stream accepts them. Returns the position reached if events are left.
   */
  #send(events: readonly LogEvent[], compactRevision: number, from: Position): Position | undefined {
    const form = { previous: this.#watcher.audience.selection.previous, compactRevision };
    let position = from;
    for (const chunk of eventChunks(events, form, this.#hub.responseBytesMax)) {
      if (!this.#watcher.session.hasSpace) return position;
      this.#watcher.session.sendCatchUp(this.#watcher, chunk, this.#hub.position.revision);
      position = chunk.end;
    }
    return undefined;
  }

  async #waitForSpace(): Promise<void> {
    await this.#watcher.session.drained();
    if (this.#isBehind && !this.#watcher.session.hasSpace)
      await sleep(watchLimits.backlogCheckMs, undefined, { ref: false });
  }

  async #pauseAfterFailure(): Promise<void> {
    const ms = Math.min(watchLimits.retryMsMin * 2 ** this.#failureCount, watchLimits.retryMsMax);
    this.#failureCount += 1;
    await sleep(ms, undefined, { ref: false });
  }
}

function lastRevision(events: readonly LogEvent[], position: Position): number {
  return events.at(-1)?.revision ?? position.revision;
}

import { assert } from '../../errors.ts';
import { within } from '../../kit/within.ts';
import type { EtcdKeys } from '../copy/etcd-keys.ts';
import { ChangedKeys } from './changed-keys.ts';
import type { FollowTarget } from './follow-target.ts';
import { readAhead } from './read-ahead.ts';
import { revisionsAfter, type SourceRevision } from './source-revisions.ts';

/** The target is level with its source if everything was copied in this time. */
const levelMsMax = 250;

/** How often leases that have ended at the source are forgotten. */
const alignIntervalMs = 60_000;

/**
 * How long a kine is silent when it has sent everything. Its revisions may have no event, so the
 * last event does not show that the target is level.
 */
const kinesSilenceMs = 2_000;

/** Moves revisions from the source to the target, in order. */
export class Follower {
  readonly source: EtcdKeys;
  readonly target: FollowTarget;
  readonly changed = new ChangedKeys();
  readonly #pages: AsyncGenerator<readonly SourceRevision[]>;
  /** A page that was requested and not received yet. */
  #next: Promise<IteratorResult<readonly SourceRevision[]>> | undefined;

  constructor(source: EtcdKeys, target: FollowTarget, signal: AbortSignal) {
    this.source = source;
    this.target = target;
    const [keys] = source.intervals;
    assert(keys !== undefined, 'a source has an interval of keys');
    this.#pages = readAhead(revisionsAfter({ client: source.client, keys, signal }, target.revision));
  }

  /** Copies until the signal, whose reason is thrown. */
  async forever(): Promise<never> {
    for (let alignedAtMs = performance.now(); ; ) {
      await this.#copy(await this.#page());
      if (performance.now() - alignedAtMs < alignIntervalMs) continue;
      await this.target.alignLeases();
      alignedAtMs = performance.now();
    }
  }

  /** Copies until the target has a revision. */
  async through(revision: number): Promise<void> {
    while (this.target.revision < revision) await this.#copy(await this.#page());
  }

  /** Copies until the target is level with the source, which may be written meanwhile. */
  async catchUp(): Promise<void> {
    for (;;) {
      const startedAt = performance.now();
      const newest = await this.source.client.newestRevision();
      if (this.source.isKine) {
        await this.untilSilent(kinesSilenceMs, newest);
        return;
      }
      await this.through(newest);
      if (performance.now() - startedAt < levelMsMax) return;
    }
  }

  /** Copies until the source has sent nothing for a time, or until the target has a revision. */
  async untilSilent(ms: number, revision = Number.POSITIVE_INFINITY): Promise<void> {
    while (this.target.revision < revision) {
      const page = await within(ms, this.#page(), () => undefined);
      if (page === undefined) return;
      await this.#copy(page);
    }
  }

  async #page(): Promise<readonly SourceRevision[]> {
    this.#next ??= this.#pages.next();
    const { value = [] } = await this.#next;
    return value;
  }

  async #copy(page: readonly SourceRevision[]): Promise<void> {
    this.#next = undefined;
    await this.target.append(page);
    this.changed.add(page);
  }
}

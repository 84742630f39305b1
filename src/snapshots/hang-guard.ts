/**
 * Bounds the waiting for work on a folder. A call to a network file system whose server is gone
 * never returns, and keeps one of the few threads of the process for file calls.
 */
import { succeedsWithin } from '../kit/within.ts';
import { SnapshotError } from './snapshot-error.ts';

/** Work under a guard. */
export interface Guarded {
  /** Work calls it after each call to the file system that returned. */
  progress(): void;
  /** Aborted when the guard no longer waits. The work must then have no further effect. */
  readonly ended: AbortSignal;
}

/** How long a snapshot that was stopped may take to delete its unfinished file. */
const stopMsMax = 2_000;

export class HangGuard {
  readonly #name: string;
  readonly #idleMsMax: number;
  /** Work that has not settled, whether or not it is still waited for. */
  #work: Promise<unknown> | undefined;
  #beganMs = 0;

  /** `name`: the name of the folder in messages. */
  constructor(name: string, idleMsMax: number) {
    this.#name = name;
    this.#idleMsMax = idleMsMax;
  }

  /**
   * Runs work, and waits while it makes progress. No other work runs until it has settled.
   *
   * @throws SnapshotError without progress, and while earlier work has not settled; the reason of
   * the signal.
   */
  async run<Result>(signal: AbortSignal, start: (guarded: Guarded) => Promise<Result>): Promise<Result> {
    signal.throwIfAborted();
    if (this.#work !== undefined) throw this.#hangs(performance.now() - this.#beganMs);
    const ended = new AbortController();
    this.#beganMs = performance.now();
    let progressedMs = this.#beganMs;
    const progress = (): void => {
      progressedMs = performance.now();
    };
    const work = start({ progress, ended: ended.signal });
    this.#work = work;
    const settled = work.then(
      () => {},
      () => {},
    );
    void settled.then(() => {
      this.#work = undefined;
    });
    const late = Promise.withResolvers<never>();
    late.promise.catch(() => {});
    const timer = setInterval(() => {
      const idleMs = performance.now() - progressedMs;
      if (idleMs > this.#idleMsMax) late.reject(this.#hangs(idleMs));
    }, this.#idleMsMax / 10).unref();
    const stop = (): void => void succeedsWithin(stopMsMax, settled).then(() => late.reject(signal.reason));
    signal.addEventListener('abort', stop, { once: true });
    try {
      return await Promise.race([work, late.promise]);
    } finally {
      ended.abort();
      clearInterval(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  #hangs(ms: number): SnapshotError {
    return new SnapshotError(
      `${this.#name}: the file system has not answered for ${Math.round(ms / 1000)} s; check its disk or its file server, or restart tine with another --snapshot-dir`,
      { isLasting: true },
    );
  }
}

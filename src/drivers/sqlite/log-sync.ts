/** Syncs the WAL to disk in libuv's thread pool. */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { DriverError } from '../../errors.ts';

export type SyncFile = (file: number, done: (error: Error | null) => void) => void;

/**
 * One sync covers all that was written before it began: writers that come during a sync share the next one. After a sync that failed, nobody knows what is on disk, and a further sync would
 * succeed without it (the kernel reports an error once): so every call fails until `recovered`.
 */
export class LogSync {
  readonly #file: number;
  readonly #sync: SyncFile;
  #failure: DriverError | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `sync`: replaced in tests. */
  constructor(walPath: string, sync: SyncFile = fdatasync) {
    this.#file = openSync(walPath, 'r');
    this.#sync = sync;
  }

  /** Whether something was written that is not known to be on disk. */
  get isPending(): boolean {
    return (this.#failure ?? this.#next ?? this.#running) !== undefined;
  }

  /** Resolves when everything is on disk that was written until now. @throws DriverError when the sync failed. */
  async settled(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await (this.#next ?? this.#running);
  }

  /** Why it is not known what is on disk. */
  get failure(): DriverError | undefined {
    return this.#failure;
  }

  /** Everything that was written is on disk by other means. */
  recovered(): void {
    this.#failure = undefined;
  }

  /** Resolves when everything that was written before the call is on disk. @throws DriverError when the sync failed. */
  synced(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#running === undefined) {
      this.#running = this.#begin();
      return this.#running;
    }
    this.#next ??= this.#running.then(
      () => this.#beginNext(),
      () => this.#beginNext(),
    );
    return this.#next;
  }

  /** To be called when nothing is pending. */
  close(): void {
    closeSync(this.#file);
  }

  #beginNext(): Promise<void> {
    this.#next = undefined;
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    this.#running = this.#begin();
    return this.#running;
  }

  async #begin(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#sync(this.#file, (error) => {
      this.#running = undefined;
      if (error === null || error === undefined) return resolve();
      this.#failure = new DriverError('lost', `the log of the database was not synced to disk: ${error.message}`, {
        cause: error,
      });
      reject(this.#failure);
    });
    return promise;
  }
}

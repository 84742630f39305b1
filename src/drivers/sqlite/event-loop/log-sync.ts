/** Syncs the WAL to disk in libuv's thread pool. */
import { closeSync, fdatasync, openSync } from 'node:fs';
import { DriverError } from '../../../errors.ts';

export type SyncFile = (file: number, done: (error: Error | null) => void) => void;

/**
 * One sync covers everything that was written before it began. Writers that come during a sync
 * share the next one. After a failed sync the state of the disk is unknown, and a further sync
 * would succeed without the lost writes, because the kernel reports an error once. So every call
 * fails until `recovered` is called.
 */
export class LogSync {
  readonly #file: number;
  readonly #sync: SyncFile;
  #failure: DriverError | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `sync`: tests replace it. */
  constructor(walPath: string, sync: SyncFile = fdatasync) {
    this.#file = openSync(walPath, 'r');
    this.#sync = sync;
  }

  /** Whether a write exists that is not known to be on disk. */
  get isPending(): boolean {
    return (this.#failure ?? this.#next ?? this.#running) !== undefined;
  }

  /**
   * Resolves when everything that was written until now is on disk.
   *
   * @throws DriverError if the sync failed.
   */
  async settled(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await (this.#next ?? this.#running);
  }

  /** The failed sync, after which the state of the disk is unknown. */
  get failure(): DriverError | undefined {
    return this.#failure;
  }

  /** Ends the failure: everything that was written is on disk by other means. */
  recovered(): void {
    this.#failure = undefined;
  }

  /**
   * Resolves when everything that was written before the call is on disk.
   *
   * @throws DriverError if the sync failed.
   */
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

  /** Call this when nothing is pending. */
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

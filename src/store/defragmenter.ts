/** Gives unused space back, once at a time: who asks while it goes on waits for its end. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Driver } from '../drivers/driver.ts';
import { EtcdError, etcdError, StatusCode } from '../errors.ts';

export class Defragmenter {
  readonly #driver: Driver;
  readonly #logger: Logger;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(driver: Driver, logger: Logger) {
    this.#driver = driver;
    this.#logger = logger;
  }

  /** Resolves when it is done. @throws EtcdError when it cannot be; DriverError the database's weather, which leaves everything as it was. */
  defragment(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #run(): Promise<void> {
    const startedMs = performance.now();
    const before = await this.#driver.size();
    let chunks = 0;
    for (let more = true; more; chunks += 1) {
      if (this.#isStopped) throw etcdError('stopped');
      const result = await this.#driver.defragment();
      if ('obstacle' in result) throw new EtcdError(StatusCode.failedPrecondition, `etcdserver: ${result.obstacle}`);
      more = result.more;
      // Writes that came meanwhile go before the next bite.
      await nextTurn();
    }
    const after = await this.#driver.size();
    const tookMs = Math.round(performance.now() - startedMs);
    this.#logger.info({ bytesBefore: before.bytes, bytesAfter: after.bytes, chunks, tookMs }, 'defragmented');
  }
}

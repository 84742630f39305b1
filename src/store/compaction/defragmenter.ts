/**
 * Releases unused space, one run at a time. A request during a run waits for the end of this run.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Driver } from '../../drivers/driver.ts';
import { EtcdError, etcdError, StatusCode } from '../../errors.ts';

export class Defragmenter {
  readonly #driver: Driver;
  readonly #logger: Logger;
  #running: Promise<void> | undefined;
  #isStopped = false;

  constructor(driver: Driver, logger: Logger) {
    this.#driver = driver;
    this.#logger = logger;
  }

  /**
   * Resolves when the space is released.
   *
   * @throws EtcdError when the database cannot do it; DriverError when the database fails, which
   * leaves everything as it was.
   */
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
      // Writes that arrived meanwhile go before the next chunk.
      await nextTurn();
    }
    const after = await this.#driver.size();
    const tookMs = Math.round(performance.now() - startedMs);
    this.#logger.info({ bytesBefore: before.bytes, bytesAfter: after.bytes, chunks, tookMs }, 'defragmented');
  }
}

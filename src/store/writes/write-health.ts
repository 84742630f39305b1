/**
 * Alarms of this instance that are kept in memory, because the database cannot record them: it
 * accepts no writes.
 */

import type { Driver, DriverBatchResult } from '../../drivers/driver.ts';
import { isDriverError } from '../../errors.ts';
import { limits } from '../../limits.ts';
import type { MemberId } from '../../mvcc/ids.ts';
import { type Alarm, alarmNumbers } from '../../mvcc/operations.ts';

export class WriteHealth {
  readonly #driver: Driver;
  readonly #memberId: MemberId;
  /** When a write last found no space; undefined: writes have succeeded since. */
  #fullAtMs: number | undefined;

  constructor(driver: Driver, memberId: MemberId) {
    this.#driver = driver;
    this.#memberId = memberId;
  }

  /**
   * NOSPACE after a write that found no space, CORRUPT while the database files are not the ones
   * that were opened.
   */
  get alarms(): readonly Alarm[] {
    const numbers = [
      ...(this.#fullAtMs === undefined ? [] : [alarmNumbers.noSpace]),
      ...(this.#driver.fault === undefined ? [] : [alarmNumbers.corrupt]),
    ];
    return numbers.map((number) => ({ memberId: this.#memberId, number }));
  }

  /** Writes through the driver, and records the outcome. */
  readonly write: Driver['write'] = async (operations, options) => {
    try {
      const result = await this.#driver.write(operations, options);
      this.#observe(result);
      return result;
    } catch (error) {
      this.#observeFailure(error);
      throw error;
    }
  };

  #observe({ outcomes }: DriverBatchResult): void {
    let failed = false;
    for (const outcome of outcomes) {
      if (!('failure' in outcome)) continue;
      failed = true;
      this.#observeFailure(outcome.failure);
    }
    if (failed || this.#fullAtMs === undefined) return;
    // A small write may find space where a larger one did not.
    if (performance.now() - this.#fullAtMs > limits.noSpaceAlarmMsMin) this.#fullAtMs = undefined;
  }

  #observeFailure(error: unknown): void {
    if (isDriverError(error, 'full')) this.#fullAtMs = performance.now();
  }
}

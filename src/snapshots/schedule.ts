/** The slots of a cron line. */
import { Cron } from 'croner';
import { UsageError } from '../config/usage-error.ts';

/** Slots that are counted at most, for a log line about missed ones. */
const countedSlotsMax = 1_000;

export class Schedule {
  readonly #cron: Cron;

  /**
   * Reads a cron line of five fields, or of six with seconds, in the time zone of the process.
   *
   * @throws UsageError if the line is wrong, or names no time in the future.
   */
  constructor(line: string, source = '--snapshot-schedule') {
    try {
      this.#cron = new Cron(line, { paused: true });
    } catch (cause) {
      const { message } = cause as Error;
      const reason = /configuration format/.test(message)
        ? 'it must have five or six fields'
        : message.replace(/^CronPattern: /, '');
      throw new UsageError(`${source}: "${line}" is not a cron line (${reason}); ${advice}`, { cause });
    }
    if (this.#cron.nextRun() === null)
      throw new UsageError(`${source}: "${line}" names no time in the future; ${advice}`);
  }

  /** The first slot after a time, in milliseconds since 1970. Undefined: no slot is left. */
  nextAfter(timeMs: number): number | undefined {
    return this.#cron.nextRun(new Date(timeMs))?.getTime();
  }

  /** The newest slot at or before a time. Undefined: there was none. */
  newestThrough(timeMs: number): number | undefined {
    // The library looks for a slot before a whole second.
    return this.#cron.previousRuns(1, new Date(Math.floor(timeMs / 1000 + 1) * 1000))[0]?.getTime();
  }

  /** The slots after one time and before another, at most `countedSlotsMax`. */
  between(afterMs: number, beforeMs: number): readonly number[] {
    const slots: number[] = [];
    for (
      let slot = this.nextAfter(afterMs);
      slot !== undefined && slot < beforeMs && slots.length < countedSlotsMax;
      slot = this.nextAfter(slot)
    ) {
      slots.push(slot);
    }
    return slots;
  }
}

const advice = "write minute, hour, day of month, month and day of week, for example '0 */6 * * *'";

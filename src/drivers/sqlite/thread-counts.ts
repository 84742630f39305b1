import { commitBoundsMs } from '../../statistics/bounds.ts';
import { addedHistograms, Histogram } from '../../statistics/histogram.ts';
import { addedByName } from '../statement-meter.ts';
import type { ThreadStatistics } from './thread-protocol.ts';

export const noThreadStatistics: ThreadStatistics = {
  statements: [],
  writeTransactions: new Histogram(commitBoundsMs),
  commits: new Histogram(commitBoundsMs),
};

/** The counts of all threads of a role, one after the other. A thread counts from its start. */
export class ThreadCounts {
  #ended = noThreadStatistics;
  #running = noThreadStatistics;

  get total(): ThreadStatistics {
    return added(this.#ended, this.#running);
  }

  /** The running thread has sent its counts. */
  update(running: ThreadStatistics): void {
    this.#running = running;
  }

  /** The running thread ended. */
  end(): void {
    this.#ended = this.total;
    this.#running = noThreadStatistics;
  }
}

function added(one: ThreadStatistics, other: ThreadStatistics): ThreadStatistics {
  return {
    statements: addedByName([one.statements, other.statements]),
    writeTransactions: addedHistograms(one.writeTransactions, other.writeTransactions),
    commits: addedHistograms(one.commits, other.commits),
  };
}

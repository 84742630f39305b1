/** The result of one thread in one phase. It is sent between threads. */
export interface Sample {
  /** Milliseconds of each operation. */
  readonly latencies: Float64Array;
  readonly errorCount: number;
  readonly firstError: string | undefined;
  /** Milliseconds of the clock that all threads share. */
  readonly start: number;
  readonly end: number;
}

/** Collects a sample while operations run. */
export class SampleRecorder {
  private readonly latencies: number[] = [];
  private readonly start = sharedClock();
  private errorCount = 0;
  private firstError: string | undefined;

  /** Runs and times one operation. A failed operation is counted, and the others continue. */
  async time(operation: () => Promise<unknown>): Promise<void> {
    const start = performance.now();
    try {
      await operation();
    } catch (error) {
      this.errorCount++;
      this.firstError ??= error instanceof Error ? error.message : String(error);
    }
    this.latencies.push(performance.now() - start);
  }

  finish(): Sample {
    return {
      latencies: Float64Array.from(this.latencies),
      errorCount: this.errorCount,
      firstError: this.firstError,
      start: this.start,
      end: sharedClock(),
    };
  }
}

/** `performance.now` counts from the start of its own thread. */
function sharedClock(): number {
  return performance.timeOrigin + performance.now();
}

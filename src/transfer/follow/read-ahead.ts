import type { SourceRevision } from './source-revisions.ts';

/** Bytes of values that wait while earlier pages are written. One message may exceed the bound. */
const waitingBytesMax = 8 * 1024 * 1024;
/** Revisions that wait. Most have one small key. */
const waitingRevisionsMax = 4_096;

type Page = readonly SourceRevision[];

/**
 * Reads pages while earlier ones are written, and returns everything that has arrived as one page.
 * A source sends each revision as one message, and a database writes hundreds of them in the time
 * of one.
 */
export async function* readAhead(pages: AsyncGenerator<Page>): AsyncGenerator<Page> {
  const waiting = new Waiting();
  const reading = waiting.fill(pages);
  reading.catch(() => {});
  for (;;) {
    const page = await waiting.take();
    if (page.length === 0) return reading;
    yield page;
  }
}

class Waiting {
  #revisions: SourceRevision[] = [];
  #bytes = 0;
  #hasEnded = false;
  #changed = Promise.withResolvers<void>();

  /** Reads all pages, and waits while too much waits. */
  async fill(pages: AsyncGenerator<Page>): Promise<void> {
    try {
      for await (const page of pages) {
        this.#revisions.push(...page);
        this.#bytes += page.reduce((sum, { events }) => sum + valueBytes(events), 0);
        this.#change();
        while (this.#isFull) await this.#changed.promise;
      }
    } finally {
      this.#hasEnded = true;
      this.#change();
    }
  }

  /** Everything that waits, when something does. Empty: the pages have ended. */
  async take(): Promise<Page> {
    while (this.#revisions.length === 0 && !this.#hasEnded) await this.#changed.promise;
    const page = this.#revisions;
    this.#revisions = [];
    this.#bytes = 0;
    this.#change();
    return page;
  }

  get #isFull(): boolean {
    return this.#bytes > waitingBytesMax || this.#revisions.length > waitingRevisionsMax;
  }

  #change(): void {
    const { resolve } = this.#changed;
    this.#changed = Promise.withResolvers<void>();
    resolve();
  }
}

/** The bytes of the values of events. */
export function valueBytes(events: SourceRevision['events']): number {
  return events.reduce((sum, { kv }) => sum + (kv?.value.length ?? 0), 0);
}

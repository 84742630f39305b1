import { PageFill } from './page-fill.ts';

interface Level {
  readonly fill: PageFill;
  firstKeyBytes: number;
}

/** Counts the pages that `TreeWriter` will write, from the lengths of keys and values. */
export class TreeMeasure {
  readonly #levels: Level[] = [];
  #pageCount = 0;

  add(keyBytes: number, valueBytes: number): void {
    this.#put(0, keyBytes, valueBytes);
  }

  /** The number of pages. No more elements may be added. */
  finish(): number {
    this.#levelAt(0);
    for (let level = 0; level < this.#levels.length - 1; level += 1) this.#close(level);
    return this.#pageCount + this.#levelAt(this.#levels.length - 1).fill.pageCount;
  }

  #put(level: number, keyBytes: number, valueBytes: number): void {
    const open = this.#levelAt(level);
    if (!open.fill.fits(keyBytes + valueBytes)) this.#close(level);
    if (open.fill.count === 0) open.firstKeyBytes = keyBytes;
    open.fill.add(keyBytes + valueBytes);
  }

  #close(level: number): void {
    const { fill, firstKeyBytes } = this.#levelAt(level);
    this.#pageCount += fill.pageCount;
    fill.clear();
    this.#put(level + 1, firstKeyBytes, 0);
  }

  #levelAt(level: number): Level {
    let open = this.#levels[level];
    if (open === undefined) {
      open = { fill: new PageFill(), firstKeyBytes: 0 };
      this.#levels[level] = open;
    }
    return open;
  }
}

/** The bounds of the read cache apart from `--read-cache-bytes`, each with its reason. */
export const cacheLimits = {
  /**
   * Bytes of key-values of a run. Copying a run after a change takes 3 us, and a list of 10 MiB is
   * 700 runs.
   */
  runBytes: 16 * 1024,
  /** Keys of a run: a look-up compares 8 of them. */
  runKeysMax: 256,
  /**
   * Bytes of a run beside its key-values, and bytes of each of its keys beside the text. Measured
   * as heap and buffer memory.
   */
  runOverheadBytes: 1024,
  runKeyOverheadBytes: 64,
  /** Bytes of a change of a run, or of a key that is cached alone, beside its text and value. */
  keyOverheadBytes: 400,
  /** The part of the cache that one key-value may take. */
  keyPartMax: 1 / 8,
  /**
   * The part of the cache that one list may take. A larger list would evict everything, itself
   * included.
   */
  fillPartMax: 1 / 2,
  /**
   * Lists that are being read into the cache at a time. Each event is compared with all of them.
   */
  fillsMax: 4,
  /** Bytes of events that a list collects until its pages are stored. */
  fillBytesMax: 1024 * 1024,
  /** Lists that were found to be too large, and bytes of their names. They are not tried again. */
  tooLargeMax: 256,
  tooLargeBytesMax: 256 * 1024,
  /**
   * Intervals whose number of keys is cached, and bytes of their names. An API server counts some
   * tens of intervals.
   */
  countsMax: 512,
  countsBytesMax: 1024 * 1024,
  /** Bytes of a page. A reply that is sent in parts holds no more than one page. */
  pageBytesMax: 1024 * 1024,
  /**
   * Ids that the cache may be behind the head before it is cleared. Reading 5,000 rows takes as
   * long as 10 lists of 500.
   */
  idsBehindMax: 5_000,
  /**
   * Bytes of events that are applied without a use of the cache before it is cleared; at least the
   * size of the cache.
   */
  unusedEventBytesMin: 4 * 1024 * 1024,
  /** How long a read waits for events that are about to arrive. Then it reads from the database. */
  waitMsMax: 20,
} as const;

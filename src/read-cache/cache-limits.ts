/** The bounds of the read cache beside `--read-cache-bytes`, each with its reason. */
export const cacheLimits = {
  /** Bytes of key-values that a run has: copying them anew after a change takes 3 us, and a list of 10 MiB is 700 pieces. */
  runBytes: 16 * 1024,
  /** Keys that a run has: a look-up compares 8 of them. */
  runKeysMax: 256,
  /** What a run takes beside its key-values, and what a key of it takes beside its text. Measured as heap and memory of buffers. */
  runOverheadBytes: 1024,
  runKeyOverheadBytes: 64,
  /** What a change of a run, or a key that is cached alone, takes beside its text and bytes. */
  keyOverheadBytes: 400,
  /** Part of the bound that the key-value of a key cached alone may take. */
  keyPartMax: 1 / 8,
  /** Part of the bound that one list may take: a larger one would evict everything, itself included. */
  fillPartMax: 1 / 2,
  /** Lists that are being read into the cache. Each event looks at all of them. */
  fillsMax: 4,
  /** Bytes of events that one of them collects until its pages are there. */
  fillBytesMax: 1024 * 1024,
  /** Lists that were found to be too large; they are not tried again. */
  tooLargeMax: 256,
  tooLargeBytesMax: 256 * 1024,
  /** Intervals whose number of keys is cached, and bytes of their names: an API server asks for some tens of them. */
  countsMax: 512,
  countsBytesMax: 1024 * 1024,
  /** Bytes of an answer's page: clients that take a list as a stream hold no more of it. */
  pageBytesMax: 1024 * 1024,
  /** How far the cache may be behind the head before it forgets everything: reading 5,000 rows takes as long as 10 lists of 500. */
  idsBehindMax: 5_000,
  /** Bytes of events that are applied without any use before the cache forgets everything; at least what it holds. */
  unusedEventBytesMin: 4 * 1024 * 1024,
  /** How long a read waits for events that are on their way: then it goes to the database. */
  waitMsMax: 20,
} as const;

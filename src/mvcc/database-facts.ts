/** Properties of the database that a program runs in. */
export interface DatabaseFacts {
  /** Joining the values of many rows in SQL is faster than reading them one by one. */
  readonly joinsValues: boolean;
  /**
   * One statement reads a whole list, so the head can come with its rows. Otherwise the statement
   * runs once for each item of the list.
   */
  readonly answersLists: boolean;
  /**
   * The database finds quickly where the newest rows reach a number of bytes. Otherwise the driver
   * counts the bytes.
   */
  readonly countsPages: boolean;
  /** Rows and bytes of one page of a range, chosen for the cost of one round trip. */
  readonly rangePage: { readonly rowsMax: number; readonly bytesMax: number };
  /**
   * Bytes of values in one page of rows of a snapshot or a hash. The last row may exceed it. One
   * page takes a reader a few milliseconds.
   */
  readonly snapshotPageBytes: number;
}

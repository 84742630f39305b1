/** What programs know of the database they run in. */
export interface DatabaseFacts {
  /** The values of many rows cross to the driver sooner in one piece than one by one. */
  readonly joinsValues: boolean;
  /** A list is asked for in one statement: the head may come along with its rows. Otherwise the statement runs for each of the list. */
  readonly answersLists: boolean;
  /** The database finds out by itself, and soon, where the newest rows reach a number of bytes. Otherwise the driver counts them. */
  readonly countsPages: boolean;
  /** Rows and bytes of one page of a range: what a way to the database and back is worth. */
  readonly rangePage: { readonly rowsMax: number; readonly bytesMax: number };
  /** Bytes of values of a page of rows for a snapshot or a hash; the last row may be larger. A few milliseconds of a reader. */
  readonly snapshotPageBytes: number;
}

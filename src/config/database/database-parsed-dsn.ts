/** A database address, and the parameters in it that are ignored. */
export interface ParsedDsn<Dsn> {
  readonly dsn: Dsn;
  /** Parameters without a meaning here, such as SQLite pragmas for kine: `_journal`, `cache`. */
  readonly ignoredParameters: readonly string[];
}

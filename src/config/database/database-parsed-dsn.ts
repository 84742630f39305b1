/** A database address with what could not be followed in it. */
export interface ParsedDsn<Dsn> {
  readonly dsn: Dsn;
  /** Parameters that have no meaning here, such as the pragmas kine's users write: `_journal`, `cache`. */
  readonly ignoredParameters: readonly string[];
}

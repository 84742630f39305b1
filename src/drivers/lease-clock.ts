/** The clock by which leases end. No wall clock moves it: it never runs faster than real time (docs/adr/012-lease-time.md). */
export interface LeaseClock {
  /** Milliseconds since 1970 when the store was made; later it may differ from every wall clock. */
  nowMs(): number;
  /** How far other instances may be ahead of `nowMs`. A deadline that one instance computed has certainly passed when another one is this much past it. 0: all instances read one clock. */
  readonly apartMsMax: number;
  /** How far `nowMs` is past the time that the database holds; 0 where it holds none. */
  ageMs(): number;
  /** The database holds this time. */
  saw(storedMs: number): void;
}

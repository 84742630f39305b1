/**
 * The clock of lease deadlines. No wall clock moves it, and it never runs faster than real time
 * (docs/adr/012-lease-time.md).
 */
export interface LeaseClock {
  /**
   * Milliseconds. The clock begins as milliseconds since 1970 when the store is created. Later it
   * may differ from every wall clock.
   */
  nowMs(): number;
  /**
   * How far the clocks of other instances may be ahead of `nowMs`. A deadline that one instance
   * computed has certainly passed when another clock is past it by this much. 0: all instances read
   * one clock.
   */
  readonly apartMsMax: number;
  /** How far `nowMs` is past the time that the database stores. 0 where it stores none. */
  ageMs(): number;
  /** Adopts the time that the database stores. */
  saw(storedMs: number): void;
}

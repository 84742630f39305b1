/** The answer of `GET api/load`: one sample every 10 s, oldest first. */
export interface LoadReply {
  readonly intervalMs: number;
  readonly samplesMax: number;
  readonly unixMs: readonly number[];
  /** One number for each sample; null: no value, such as a latency without requests. */
  readonly series: Readonly<Record<string, readonly (number | null)[]>>;
}

/** The database that is used when none is named, as in kine. */
export const defaultDatabase = 'kubernetes';

/** Long enough for a server far away, short enough that a request outlives one dead address of a list. */
const CONNECT_TIMEOUT_MS = 5000;

/** An address that takes longer is taken for dead: without a bound a cut network would hold the next address back. */
const CONNECT_TIMEOUT_MS_MAX = 60_000;

/** How long an address may take to answer; zero and less, which mean no limit elsewhere, are the default. */
export function boundedConnectTimeoutMs(parameter: string, ms: number): number {
  if (ms > CONNECT_TIMEOUT_MS_MAX) {
    throw new Error(`${parameter} is more than a minute, in which no other address would be tried; write less`);
  }
  return ms <= 0 ? CONNECT_TIMEOUT_MS : ms;
}

/** The name of the database if none is given, as in kine. */
export const defaultDatabase = 'kubernetes';

/**
 * Long enough for a distant server, and short enough that a request outlives one dead address of a
 * list.
 */
const CONNECT_TIMEOUT_MS = 5000;

/**
 * An address that takes longer counts as dead. Without a bound, a broken network would delay the
 * next address.
 */
const CONNECT_TIMEOUT_MS_MAX = 60_000;

/**
 * How long an address may take to answer. Zero or less, which means no limit elsewhere, selects the
 * default.
 */
export function boundedConnectTimeoutMs(parameter: string, ms: number): number {
  if (ms > CONNECT_TIMEOUT_MS_MAX) {
    throw new Error(`${parameter} is more than a minute; write less, so that the next address is tried in time`);
  }
  return ms <= 0 ? CONNECT_TIMEOUT_MS : ms;
}

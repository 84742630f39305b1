/** What tests expect of a write whose commit was lost. */
import assert from 'node:assert/strict';
import { RpcError, type Server, waitFor } from '../support/index.ts';
import { onThisMachine } from '../support/slowness.ts';
import { answerMsMax, unavailable } from './traffic.ts';

/** The answer of a failed write: Unavailable, and no other error. */
export function unavailableOnly(error: unknown): 'unavailable' {
  if (!(error instanceof RpcError)) throw error;
  assert.deepEqual({ code: error.code, details: error.details }, unavailable);
  return 'unavailable';
}

/**
 * Waits for a log line for each of `count` doubts. The lost commit may be one of the server's own
 * work, whose doubt is logged later than the reply to the write.
 */
export async function doubtsLogged(tine: Server, count: number): Promise<void> {
  const isLogged = () => (tine.log().match(/lost during a commit/g) ?? []).length >= count;
  await waitFor('a log line for every doubt', isLogged, { timeoutMs: onThisMachine(answerMsMax) });
}

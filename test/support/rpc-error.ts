import assert from 'node:assert/strict';
import { type ServiceError, status } from '@grpc/grpc-js';

/** The failure of a call as a client sees it. */
export interface RpcFailure {
  /** The gRPC code by name, such as `INVALID_ARGUMENT`. */
  readonly code: keyof typeof status;
  readonly details: string;
}

/** A failed call as an error, with the code by name. */
export class RpcError extends Error {
  readonly code: keyof typeof status;
  readonly details: string;

  constructor(method: string, cause: ServiceError) {
    const code = status[cause.code] as keyof typeof status;
    super(`${method}: ${code}: ${cause.details}`, { cause });
    this.name = 'RpcError';
    this.code = code;
    this.details = cause.details;
  }
}

/** Waits for a call to fail; a call that succeeds fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<RpcFailure> {
  let reply: unknown;
  try {
    reply = await call;
  } catch (error) {
    if (error instanceof RpcError) return { code: error.code, details: error.details };
    throw error;
  }
  return assert.fail(`the call should have failed; it answered ${inspectShort(reply)}`);
}

function inspectShort(value: unknown): string {
  const text = JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? item.toString() : item));
  return text.length > 500 ? `${text.slice(0, 500)}...` : text;
}

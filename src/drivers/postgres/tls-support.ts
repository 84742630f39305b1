/**
 * Finds out whether a Postgres server supports TLS. Mode `prefer` uses TLS if it does; pg itself
 * requires TLS or does not use it.
 */
import { connect } from 'node:net';
import type { DatabaseHost } from '../../config/database/database-dsn.ts';

/** Postgres's SSLRequest message: its length and its code. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);
const yes = 0x53;

/**
 * Sends an SSLRequest. Rejects with the system's error if the server cannot be reached, and with an
 * error when the signal aborts.
 */
export function supportsTls(host: DatabaseHost, timeoutMs: number, signal?: AbortSignal): Promise<boolean> {
  if (host.socketPath !== undefined) return Promise.resolve(false);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: host.host, port: host.port, timeout: timeoutMs, signal });
    socket.once('connect', () => socket.write(sslRequest));
    socket.once('data', (reply) => {
      socket.destroy();
      resolve(reply[0] === yes);
    });
    socket.once('timeout', () => socket.destroy(new Error('timeout expired')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('Connection terminated unexpectedly')));
  });
}

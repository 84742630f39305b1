/** The beginning and the end of a connection. */
import type { Connection } from 'mysql2';

/** Resolves when the server has let the user in. `onClose` is called when the connection is closed, by whichever side. */
export function waitConnected(connection: Connection, onClose: () => void = () => {}): Promise<void> {
  // It is told by the query that waits, and by the close.
  connection.on('error', () => {});
  const { stream } = connection as unknown as { stream: { once(event: 'close', listener: () => void): void } };
  stream.once('close', onClose);
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve() : reject(error)));
  });
}

/** Says goodbye, and resolves when it is sent. */
export function endConnection(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => connection.end((error) => (error ? reject(error) : resolve())));
}

/** The start and the end of a connection. */
import { type Connection, type ConnectionOptions, createConnection } from 'mysql2';

/** Begins to connect. `waitConnected` waits for the end. */
export function newConnection(settings: ConnectionOptions): Connection {
  const connection = createConnection(settings);
  // The waiting query and the close event report the error.
  connection.on('error', () => {});
  return connection;
}

/**
 * Resolves when the server has accepted the user. `onClose` is called when either side closes the
 * connection.
 */
export function waitConnected(connection: Connection, onClose: () => void = () => {}): Promise<void> {
  const { stream } = connection as unknown as { stream: { once(event: 'close', listener: () => void): void } };
  stream.once('close', onClose);
  return new Promise((resolve, reject) => {
    connection.connect((error) => (error === null ? resolve() : reject(error)));
  });
}

/** Closes a connection with the protocol's close message. Resolves when the message is sent. */
export function endConnection(connection: Connection): Promise<void> {
  return new Promise((resolve, reject) => connection.end((error) => (error ? reject(error) : resolve())));
}

/** Errors in the form in which they are sent between threads. */
import { AssertionError, DriverError, EtcdError, etcdError, StartError } from '../../errors.ts';
import { classifyError } from './classify-error.ts';
import type { SerializedError } from './thread-protocol.ts';

/** Serializes an error, in the thread where it was thrown. */
export function serializeError(thrown: unknown): SerializedError {
  const error = classifyError(thrown);
  if (error instanceof EtcdError && error.entry !== undefined) return { kind: 'etcd', name: error.entry };
  if (error instanceof DriverError) return { kind: 'driver', driverKind: error.kind, message: error.message };
  if (error instanceof StartError) return { kind: 'start', message: error.message };
  return { kind: 'bug', message: error.message, stack: error.stack ?? '' };
}

/** Restores an error, in the thread that sent the task. */
export function deserializeError(failure: SerializedError): Error {
  switch (failure.kind) {
    case 'etcd':
      return etcdError(failure.name);
    case 'driver':
      return new DriverError(failure.driverKind, failure.message);
    case 'start':
      return new StartError(failure.message);
    default: {
      const error = new AssertionError(failure.message);
      error.stack = failure.stack;
      return error;
    }
  }
}

/** The code of the thread that reads large JSON values, one at a time. */
import { parentPort } from 'node:worker_threads';
import { AssertionError } from '../../errors.ts';
import { type LargeValue, readLargeValue } from './read-large-value.ts';

if (parentPort === null) throw new AssertionError('large-value-thread.ts is the body of a worker thread');
const port = parentPort;

port.on('message', (value: LargeValue) => {
  const outcome = readLargeValue(value);
  port.postMessage(outcome, 'message' in outcome ? [outcome.message.buffer] : []);
});

import type { Trace } from '../../kit/trace.ts';
import type { Message, MessageStream } from '../transport/grpc/method.ts';

/** A busy watch sends thousands of responses a second. Its trace needs a few of them. */
const deliveriesMax = 10;
const intervalMs = 1_000;

/**
 * The stream of a watch that is traced. The stream lasts as long as its client needs it, and its
 * own span ends with it. So each delivery has a short span at once, at most ten a second.
 */
export function tracedStream(stream: MessageStream, trace: Trace): MessageStream {
  let intervalFromMs = Number.NEGATIVE_INFINITY;
  let deliveries = 0;
  return {
    incoming: (parse) => stream.incoming(parse),
    send(messages) {
      const startMs = performance.now();
      if (startMs - intervalFromMs >= intervalMs) {
        intervalFromMs = startMs;
        deliveries = 0;
      }
      deliveries += 1;
      if (deliveries > deliveriesMax) return stream.send(messages);
      // Counted now, because the messages may be freed when they are sent.
      const attributes = { 'tine.watch.responses': messages.length, 'tine.watch.bytes': bytesOf(messages) };
      const accepts = stream.send(messages);
      trace.part({ name: 'watch responses', startMs, endMs: performance.now(), attributes });
      return accepts;
    },
    drained: (bytesMax) => stream.drained(bytesMax),
    keep: (bytes) => stream.keep(bytes),
    get pendingBytes() {
      return stream.pendingBytes;
    },
  };
}

function bytesOf(messages: readonly Message[]): number {
  let bytes = 0;
  for (const message of messages) {
    if (message instanceof Uint8Array) bytes += message.length;
    else for (const piece of message) bytes += piece.length;
  }
  return bytes;
}

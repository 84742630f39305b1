import { StatusCode } from '../../../errors.ts';
import { requestBoundsMs } from '../../../statistics/bounds.ts';
import { Histogram } from '../../../statistics/histogram.ts';
import type { Message, Method } from './method.ts';

/**
 * Counts the calls of one method. It has plain numbers, because every call writes to them. They
 * become Prometheus text on request.
 */
export class MethodMetrics {
  readonly method: Method;
  started = 0;
  readonly handled: number[] = Array.from({ length: 17 }, () => 0);
  /** Messages from and to clients, and their bytes without gRPC's prefix. */
  readonly received = { messages: 0, bytes: 0 };
  readonly sent = { messages: 0, bytes: 0 };
  /** Milliseconds of successful calls, and of failed ones. */
  readonly successes = new Histogram(requestBoundsMs);
  readonly failures = new Histogram(requestBoundsMs);

  constructor(method: Method) {
    this.method = method;
  }

  countReceived(bytes: number): void {
    this.received.messages += 1;
    this.received.bytes += bytes;
  }

  /** Returns the size of the message. */
  countSent(message: Message): number {
    let bytes = 0;
    if (message instanceof Uint8Array) bytes = message.length;
    else for (const piece of message) bytes += piece.length;
    this.sent.messages += 1;
    this.sent.bytes += bytes;
    return bytes;
  }

  end(code: StatusCode, latencyMs: number): void {
    (code === StatusCode.ok ? this.successes : this.failures).observe(latencyMs);
    this.handled[code] = (this.handled[code] ?? 0) + 1;
    // As in Prometheus's middleware for gRPC, an error also counts as the reply of a unary call.
    if (code !== StatusCode.ok && this.method.kind === 'unary') this.sent.messages += 1;
  }
}

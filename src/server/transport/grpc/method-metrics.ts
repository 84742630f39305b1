import { StatusCode } from '../../../errors.ts';
import { requestBoundsMs } from '../../../statistics/bounds.ts';
import { Histogram } from '../../../statistics/histogram.ts';
import type { Message, Method } from './method.ts';

/** What is counted of one method's calls. Plain numbers, made into prometheus's text when it asks: this is written to in every call. */
export class MethodMetrics {
  readonly method: Method;
  started = 0;
  readonly handled: number[] = Array.from({ length: 17 }, () => 0);
  /** Messages of clients and to them, and their bytes without gRPC's prefix. */
  readonly received = { messages: 0, bytes: 0 };
  readonly sent = { messages: 0, bytes: 0 };
  /** Milliseconds of calls that went well, and of the others. */
  readonly successes = new Histogram(requestBoundsMs);
  readonly failures = new Histogram(requestBoundsMs);

  constructor(method: Method) {
    this.method = method;
  }

  countReceived(bytes: number): void {
    this.received.messages += 1;
    this.received.bytes += bytes;
  }

  /** Returns its bytes. */
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
    // As prometheus's middleware for gRPC counts: an error, too, answers the one message of a unary call.
    if (code !== StatusCode.ok && this.method.kind === 'unary') this.sent.messages += 1;
  }
}

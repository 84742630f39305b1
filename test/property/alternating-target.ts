import type { Message, Outcome } from '../parity/message.ts';
import type { RawRequest, StreamMethod, Target, UnaryMethod, WatchSession } from '../parity/target.ts';

/** Several servers as one: each call, and each watch stream, goes to the next of them. */
export class AlternatingTarget implements Target {
  readonly name: string;
  readonly #targets: readonly Target[];
  #callCount = 0;

  constructor(targets: readonly Target[]) {
    this.#targets = targets;
    this.name = targets.map((target) => target.name).join(' and ');
  }

  unary(name: UnaryMethod, request: Message): Promise<Outcome> {
    return this.#next().unary(name, request);
  }

  raw(request: RawRequest): Promise<Outcome> {
    return this.#next().raw(request);
  }

  rawStream(name: StreamMethod, bytes: Buffer): Promise<Outcome> {
    return this.#next().rawStream(name, bytes);
  }

  keepAlive(request: Message): Promise<Outcome> {
    return this.#next().keepAlive(request);
  }

  rangeStream(request: Message): Promise<Outcome> {
    return this.#next().rangeStream(request);
  }

  watch(): WatchSession {
    return this.#next().watch();
  }

  close(): void {
    for (const target of this.#targets) target.close();
  }

  #next(): Target {
    const target = this.#targets[this.#callCount % this.#targets.length];
    if (target === undefined) throw new Error('there is no server');
    this.#callCount += 1;
    return target;
  }
}

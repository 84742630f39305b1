import { isList, isMessage, type Message, type Outcome } from '../parity/message.ts';
import type { RawRequest, StreamMethod, Target, UnaryMethod, WatchSession } from '../parity/target.ts';
import { sleep } from '../support/index.ts';

const smallestKey = Buffer.of(0);
const catchUpTimeoutMs = 10_000;
/** The maximum time for which a server may keep a lease alive after another server revoked it. */
const leaseTrustMs = 600;

function watchEverything(target: Target): WatchSession {
  const session = target.watch();
  session.send({ create_request: { key: smallestKey, range_end: smallestKey, start_revision: 1 } });
  return session;
}

function lastRevision(session: WatchSession): number {
  const events = session.responses.at(-1)?.events;
  const event = isList(events) ? events.at(-1) : undefined;
  return isMessage(event) && isMessage(event.kv) ? Number(event.kv.mod_revision) : 0;
}

/** Several servers as one target. Each call, and each watch stream, goes to the next server. */
export class AlternatingTarget implements Target {
  readonly name: string;
  readonly #targets: readonly Target[];
  /** A watch of all keys on each server. It shows the progress of the watches on that server. */
  readonly #probes: readonly WatchSession[];
  #callCount = 0;

  constructor(targets: readonly Target[]) {
    this.#targets = targets;
    this.#probes = targets.map(watchEverything);
    this.name = targets.map((target) => target.name).join(' and ');
  }

  /** Waits until every server has sent the newest event. */
  async untilAllKnow(): Promise<void> {
    const outcome = await this.#next().unary('Range', { key: smallestKey, count_only: true });
    const newest = 'reply' in outcome ? Number((outcome.reply.header as Message).revision) : 0;
    const isThere = (probe: WatchSession) => () => newest === 1 || lastRevision(probe) >= newest;
    await Promise.all(this.#probes.map((probe) => probe.until(isThere(probe), catchUpTimeoutMs)));
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

  async keepAlive(request: Message): Promise<Outcome> {
    await sleep(leaseTrustMs);
    return this.#next().keepAlive(request);
  }

  rangeStream(request: Message): Promise<Outcome> {
    return this.#next().rangeStream(request);
  }

  watch(): WatchSession {
    return this.#next().watch();
  }

  close(): void {
    for (const probe of this.#probes) probe.close();
    for (const target of this.#targets) target.close();
  }

  #next(): Target {
    const target = this.#targets[this.#callCount % this.#targets.length];
    if (target === undefined) throw new Error('there is no server');
    this.#callCount += 1;
    return target;
  }
}

import type { Draw } from './draw.ts';
import { type Message, RevisionReference } from './message.ts';
import { type Step, unary } from './step.ts';

const streamCount = 4;
const watcherCountPerStreamMax = 6;

const mebibyte = 1 << 20;

/**
 * The watch streams of a script. Refused watchers are not tracked, so some cancels have no watcher.
 */
export class WatchScript {
  readonly #draw: Draw;
  readonly #createCounts = Array.from({ length: streamCount }, () => 0);

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  next(): readonly Step[] {
    const { random } = this.#draw;
    const stream = random.below(streamCount);
    if (random.chance(3)) return refusedForItsStart;
    const createCount = this.#createCounts[stream] ?? 0;
    if (createCount > watcherCountPerStreamMax) {
      this.#createCounts[stream] = 0;
      return [{ kind: 'closeWatch', stream }];
    }
    if (createCount === 0 || random.chance(70)) {
      this.#createCounts[stream] = createCount + 1;
      return [{ kind: 'watch', stream, request: { create_request: this.#createRequest() } }];
    }
    return [{ kind: 'watch', stream, request: random.chance(60) ? this.#cancelRequest() : { progress_request: {} } }];
  }

  /**
   * Events that exceed a request's size in one response, with and without permission to fragment
   * the response.
   */
  fragments(): Step[] {
    const stream = streamCount;
    const watched = prefixRange('fragment/');
    const values = [1, 2, 3, 4].map((index) => ({
      key: Buffer.from(`fragment/${index}`),
      value: Buffer.alloc(Math.round(0.7 * mebibyte), index),
    }));
    const create = (fragment: boolean): Step => ({
      kind: 'watch',
      stream,
      request: { create_request: { ...watched, start_revision: new RevisionReference('current', -3), fragment } },
    });
    const puts = values.map((request) => unary('Put', request));
    return [...puts, create(true), create(false), { kind: 'settle' }, unary('DeleteRange', watched)];
  }

  #createRequest(): Message {
    const { random } = this.#draw;
    return {
      ...(random.chance(60) ? this.#draw.keyRange() : prefixRange('a')),
      ...(random.chance(60) && { start_revision: this.#draw.startRevision() }),
      ...(random.chance(20) && { filters: random.pick([[0], [1], [0, 1], [1, 1]]) }),
      ...(random.chance(50) && { prev_kv: true }),
      ...(random.chance(30) && { watch_id: random.pick([1, 2, 5, 100, -7]) }),
      ...(random.chance(10) && { fragment: true }),
      ...(random.chance(10) && { progress_notify: true }),
      ...(random.chance(5) && { key: Buffer.alloc(0) }),
    };
  }

  #cancelRequest(): Message {
    return { cancel_request: { watch_id: this.#draw.random.pick([0, 1, 2, 3, 4, 5, 100, 999]) } };
  }
}

/**
 * On a separate stream: etcd before 3.7 accepts the request, and its watcher would disturb other
 * watchers.
 */
const refusedForItsStart: readonly Step[] = [
  {
    kind: 'watch',
    stream: streamCount + 1,
    request: { create_request: { key: Buffer.from('a'), start_revision: -1 } },
  },
  { kind: 'closeWatch', stream: streamCount + 1 },
];

function prefixRange(prefix: string): { key: Buffer; range_end: Buffer } {
  const end = Buffer.from(prefix);
  end[end.length - 1] = (end.at(-1) ?? 0) + 1;
  return { key: Buffer.from(prefix), range_end: end };
}

import type { Draw } from './draw.ts';
import { type Message, RevisionReference } from './message.ts';
import { deleteRange, range, rangeForStream } from './script-kv.ts';
import { type Step, unary } from './step.ts';

/** More rows than a server reads at once, whatever its page size. */
const keyCount = 2500;
const keyCountPerTransaction = 125;
const readCount = 30;

const stream = 6;

/**
 * Reads, watches and deletes over more keys than the rest of a script has, where pages and batches
 * end somewhere.
 */
export function bulkSteps(draw: Draw): Step[] {
  const { random } = draw;
  const reads = Array.from({ length: readCount }, (): Step[] => {
    const request = { ...range(draw), ...bulkRange(draw) };
    const streamed = { ...rangeForStream(draw), ...bulkRange(draw) };
    return [unary('Range', request), { kind: 'rangeStream', request: streamed }];
  });
  const deletes = Array.from({ length: 4 }, () => [
    unary('DeleteRange', { ...deleteRange(draw), ...bulkRange(draw, { maxCount: 400 }) }),
    unary('Range', { ...range(draw), ...bulkRange(draw) }),
    watchPast(draw, random.between(1, 30)),
  ]);
  return [...bulkPuts(draw), watchPast(draw, 25), ...reads.flat(), ...deletes.flat(), { kind: 'settle' }];
}

function bulkPuts(draw: Draw): Step[] {
  return Array.from({ length: keyCount / keyCountPerTransaction }, (_, transaction) => {
    const success = Array.from({ length: keyCountPerTransaction }, (_, index) => ({
      request_put: { key: bulkKey(transaction * keyCountPerTransaction + index), value: draw.value() },
    }));
    return unary('Txn', { success });
  });
}

function bulkKey(index: number): Buffer {
  return Buffer.from(`bulk/${String(index).padStart(5, '0')}`);
}

function bulkRange(draw: Draw, { maxCount = keyCount } = {}): { key: Buffer; range_end: Buffer } {
  const first = draw.random.chance(50) ? 0 : draw.random.below(keyCount);
  return { key: bulkKey(first), range_end: bulkKey(first + draw.random.between(1, maxCount)) };
}

function watchPast(draw: Draw, revisionCount: number): Step {
  const request: Message = {
    ...bulkRange(draw),
    start_revision: new RevisionReference('current', -revisionCount),
    prev_kv: draw.random.chance(50),
  };
  return { kind: 'watch', stream, request: { create_request: request } };
}

import { Draw } from './draw.ts';
import type { Random } from './random.ts';
import { badRequest } from './script-bad.ts';
import { bulkSteps } from './script-bulk.ts';
import { compact, deleteRange, leaseSteps, put, range, rangeForStream } from './script-kv.ts';
import { txn } from './script-txn.ts';
import { WatchScript } from './script-watch.ts';
import { type Step, unary } from './step.ts';

const stepCountBetweenSettles = 100;

/** A script of about `stepCount` steps, the same for the same random numbers. */
export function generateScript(random: Random, stepCount: number): Step[] {
  const draw = new Draw(random);
  const watches = new WatchScript(draw);
  const steps: Step[] = [];
  for (let count = 1; count <= stepCount; count += 1) {
    steps.push(...nextSteps(draw, watches));
    if (count % stepCountBetweenSettles === 0) steps.push({ kind: 'settle' });
  }
  return [...steps, { kind: 'settle' }, ...bulkSteps(draw), ...watches.fragments(), { kind: 'settle' }];
}

function nextSteps(draw: Draw, watches: WatchScript): readonly Step[] {
  const make = draw.random.weighted<() => readonly Step[]>([
    [26, () => [unary('Put', put(draw))]],
    [24, () => [unary('Range', range(draw))]],
    [8, () => [unary('DeleteRange', deleteRange(draw))]],
    [20, () => [unary('Txn', txn(draw))]],
    [4, () => [{ kind: 'rangeStream', request: rangeForStream(draw) }]],
    [1, () => [unary('Compact', compact(draw))]],
    [8, () => leaseSteps(draw)],
    [7, () => watches.next()],
    [4, () => [badRequest(draw)]],
  ]);
  return make();
}

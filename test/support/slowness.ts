/** Bounds of time in tests hold for a machine of a certain speed that does nothing else. On a slower or busier one they are longer. */

/** How long the work of a sample takes where the bounds were chosen: two cores of 2025 that are not busy. */
const referenceMs = 4;
const turnCount = 2_000_000;
/** A sample is taken this often while tests run: a bound is for the machine as busy as it was when the time was measured. */
const intervalMs = 250;
/** Samples that count, of the last ten seconds, and those of them that are averaged: processors are shared unevenly. */
const keptCount = 40;
const averagedCount = 8;
/** Samples that are taken for each bound. */
const freshCount = 8;
/** What is even slower hangs. */
const slownessMax = 12;

const samplesMs: number[] = [];

setInterval(takeSample, intervalMs).unref();

/** The bound for this machine and its recent load. Call it after the measurement. */
export function onThisMachine(boundMs: number): number {
  return boundMs * slowness();
}

function slowness(): number {
  for (let count = 0; count < freshCount; count += 1) takeSample();
  let slowestMs = 0;
  for (let start = 0; start + averagedCount <= samplesMs.length; start += 1) {
    slowestMs = Math.max(slowestMs, average(samplesMs.slice(start, start + averagedCount)));
  }
  return Math.min(slownessMax, Math.max(1, slowestMs / referenceMs));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function takeSample(): void {
  const started = performance.now();
  let value = 1;
  for (let turn = 0; turn < turnCount; turn += 1) value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  samplesMs.push(performance.now() - started + (value & 0));
  if (samplesMs.length > keptCount) samplesMs.shift();
}

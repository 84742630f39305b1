/**
 * Time bounds in tests are for an idle machine of a certain speed. On a slower or busier machine
 * they are longer.
 */

/** The duration of a sample on the reference machine: two idle cores of 2025. */
const referenceMs = 4;
const turnCount = 2_000_000;
/**
 * The interval of samples while tests run, so that a bound reflects the load during the
 * measurement.
 */
const intervalMs = 250;
/**
 * The number of samples used from the last ten seconds, and how many of them are averaged, because
 * processors are shared unevenly.
 */
const keptCount = 40;
const averagedCount = 8;
/** The number of samples that are taken for each bound. */
const freshCount = 8;
/** The maximum factor. Anything slower counts as blocked. */
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

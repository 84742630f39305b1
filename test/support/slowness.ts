/** Bounds of time in tests hold for a machine of a certain speed that does nothing else. On a slower or busier one they are longer. */

/** How long the work below takes where the bounds were chosen: two cores of 2025 that are not busy. */
const referenceMs = 40;
const turnCount = 20_000_000;
/** What is even slower hangs. */
const slownessMax = 12;
/** Processors are shared unevenly. */
const sampleCount = 3;

/** The bound for this machine, as busy as it is now. To be asked for where time was measured, after it. */
export function onThisMachine(boundMs: number): number {
  return boundMs * slowness();
}

function slowness(): number {
  const slowest = Math.max(...Array.from({ length: sampleCount }, sampleMs));
  return Math.min(slownessMax, Math.max(1, slowest / referenceMs));
}

function sampleMs(): number {
  const started = performance.now();
  let value = 1;
  for (let turn = 0; turn < turnCount; turn += 1) value = (Math.imul(value, 1_103_515_245) + 12_345) | 0;
  return performance.now() - started + (value & 0);
}

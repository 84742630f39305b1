import { type Sample, SampleRecorder } from './sample.ts';

/**
 * Runs `clientCount` clients at once. Each starts its next operation when its last one has ended,
 * until `next` has no more.
 */
export async function runClients(
  clientCount: number,
  next: (client: number) => (() => Promise<unknown>) | undefined,
): Promise<Sample> {
  const recorder = new SampleRecorder();
  const run = async (client: number) => {
    for (let operation = next(client); operation !== undefined; operation = next(client)) {
      await recorder.time(operation);
    }
  };
  await Promise.all(Array.from({ length: clientCount }, (_, client) => run(client)));
  return recorder.finish();
}

/** Operations 0 to `count` - 1, once each. */
export function each(count: number, operation: (index: number, client: number) => Promise<unknown>) {
  let started = 0;
  return (client: number) => {
    if (started === count) return undefined;
    const index = started++;
    return () => operation(index, client);
  };
}

/** One operation again and again for a time. */
export function during(seconds: number, operation: (client: number) => Promise<unknown>) {
  const end = performance.now() + seconds * 1000;
  return (client: number) => (performance.now() < end ? () => operation(client) : undefined);
}

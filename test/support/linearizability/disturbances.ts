import { sleep } from '../index.ts';
import type { Disturbance } from './live-run.ts';

/** Kills one server after the other without notice, and starts it again a little later. */
export const killInTurns: Disturbance = async ({ servers, random, isOver }) => {
  for (;;) {
    await sleep(random.between(300, 900));
    if (isOver()) return;
    const server = random.pick(servers);
    await server.kill();
    await sleep(random.between(10, 300));
    await server.start();
  }
};

/** Restarts the database while the servers continue to run. */
export const restartDatabase: Disturbance = async ({ place, random, isOver }) => {
  for (;;) {
    await sleep(random.between(1_000, 2_000));
    if (isOver()) return;
    await place.restartDatabase?.(random.pick(['stop', 'kill']));
  }
};

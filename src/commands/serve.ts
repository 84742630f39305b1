import { flushCompileCache } from 'node:module';
import type { Config } from '../config/config.ts';
import { dsnText } from '../config/database/database-dsn.ts';
import { DriverError, StartError } from '../errors.ts';
import { within } from '../kit/within.ts';
import { type Logger, openLogger } from '../logger.ts';
import { memberOf } from '../server/identity.ts';
import { startServer } from '../server/server.ts';
import type { SnapshotScheduler } from '../snapshots/scheduler.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { openTracing } from '../tracing/open-tracing.ts';
import { tineVersion } from '../version.ts';
import type { Command } from './command.ts';
import { guardAgainstCrashes } from './crash-guard.ts';
import { nextSteps } from './next-steps.ts';
import { notifySystemd } from './notify-systemd.ts';
import { refuseEtcdData } from './refuse-etcd-data.ts';
import { openSnapshots, snapshotSchedule } from './snapshot/by-schedule.ts';
import { listenForStop } from './stop-signal.ts';

// Longer than any request should take.
const drainMsMax = 5000;
/**
 * From the stop signal to the end of the store. Container runtimes kill a process 10 s after the
 * signal. The drain takes 7.5 s at most, and the end of the process half a second.
 */
const stopMsMax = 9_000;

/** `tine`: serves until a stop signal. */
export const serve: Command = {
  kind: 'configured',
  operands: 'none',
  run: async ({ config, notes }) => {
    const logger = await openLogger(config);
    for (const note of notes) logger.warn(note);
    refuseEtcdData(config.endpoint);
    const schedule = await snapshotSchedule(config);
    const tracer = await openTracing(config, logger);
    const store = await open(config, logger);
    let closedByMs: number | undefined;
    const onStop = () => {
      closedByMs = performance.now() + stopMsMax;
    };
    try {
      const snapshots = schedule && (await openSnapshots(schedule, { config, store, logger }));
      return await serveUntilStopped({ config, store, logger, snapshots, tracer, onStop });
    } finally {
      const msMax = closedByMs === undefined ? stopMsMax : Math.max(0, closedByMs - performance.now());
      await Promise.all([store.close(msMax), tracer?.close()]);
    }
  },
};

/**
 * Opens the store. An error of the database at the start is printed for a person, with the address
 * of the database.
 */
async function open(config: Config, logger: Logger): Promise<Store> {
  try {
    return await openStore({ config, self: memberOf(config), logger });
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    const advice =
      error.kind === 'corrupt' ? 'run `tine check` and restore the file from a backup' : 'see docs/operations.md';
    throw new StartError(`${dsnText(config.endpoint)}: ${error.message}; ${advice}`, { cause: error });
  }
}

interface Served {
  readonly config: Config;
  readonly store: Store;
  readonly logger: Logger;
  /** Undefined: no snapshots by schedule. */
  readonly snapshots: SnapshotScheduler | undefined;
  /** Undefined: no traces. */
  readonly tracer: Awaited<ReturnType<typeof openTracing>>;
  /** Called when the stop begins. */
  onStop(): void;
}

async function serveUntilStopped({ config, store, logger, snapshots, tracer, onStop }: Served): Promise<number> {
  const server = await startServer({ config, store, logger, snapshots, tracer });
  snapshots?.start();
  const tooManyFaults = Promise.withResolvers<'faults'>();
  const stopGuarding = guardAgainstCrashes(logger, () => tooManyFaults.resolve('faults'));
  const stop = listenForStop();
  const { urls } = server;
  logger.info({ version: tineVersion(), urls, database: dsnText(config.endpoint), pid: process.pid }, 'serving');
  void notifySystemd('READY=1', logger);
  // A process that is killed later would not store its compile cache.
  flushCompileCache();
  if (process.stdout.isTTY) process.stdout.write(nextSteps(urls[0] ?? '', config));
  const reason = await Promise.race([stop.received, tooManyFaults.promise]);
  onStop();
  logger.info({ reason }, 'stopping: finishing requests under way; another signal ends the process at once');
  await Promise.all([
    notifySystemd('STOPPING=1', logger),
    within(drainMsMax, snapshots?.stop() ?? Promise.resolve(), () => {}),
    server.drain(drainMsMax),
  ]);
  logger.info('stopped');
  stop.dispose();
  stopGuarding();
  return reason === 'faults' ? 1 : 0;
}

/** Follows a running server into a target until the operator stops it, or until the cutover. */
import type { OfflineAccess } from '../../drivers/offline.ts';
import { LockedError, OutageError, StartError } from '../../errors.ts';
import { beginCopyOfEtcd } from '../copy/copy-etcd.ts';
import { type EtcdClient, RevisionCompacted } from '../copy/etcd-client.ts';
import { noteLeftOutOfServer } from '../copy/left-out.ts';
import type { Progress } from '../copy/progress.ts';
import { prepareTarget } from '../copy/target.ts';
import { type CutOver, cutOver, withRefusalAdvice } from './cut-over.ts';
import { DatabaseTarget } from './database-target.ts';
import { beginCopyIntoEtcd, snapshotAdvice } from './etcd-sides.ts';
import { EtcdTarget } from './etcd-target.ts';
import { Follower } from './follower.ts';
import { pause, showLag } from './lag.ts';

export interface FollowSides {
  readonly openSource: () => Promise<EtcdClient>;
  readonly to:
    | { readonly kind: 'database'; readonly access: OfflineAccess }
    | { readonly kind: 'etcd'; readonly open: () => Promise<EtcdClient> };
}

export interface FollowOptions {
  /** End with the cutover. */
  readonly cutOver: boolean;
  readonly progress: Progress;
  /** The operator stops the copy. */
  readonly stop: AbortSignal;
}

/** The wait after an outage. It doubles with each outage in a row. */
const retryMsMin = 500;
const retryMsMax = 10_000;
/**
 * How long attempts meet the lock of the one before, whose connection the network has lost. The
 * server ends that connection after a minute.
 */
const ownLockMsMax = 120_000;

/** The time after a stop in which the target may complete the transaction under way. */
const stopMsMax = 2_000;

/** The operator stopped the copy. */
export interface Stopped {
  readonly kind: 'stopped';
  /** A cutover has made the source refuse writes. */
  readonly refusesWrites: boolean;
}

/** What happened over all attempts. */
interface Course {
  hasBegun: boolean;
  refusesWrites: boolean;
  retryMs: number;
  /** Since when attempts meet the lock of another process. Undefined: the last one did not. */
  lockedSinceMs: number | undefined;
}

/**
 * Repeats attempts over outages of both sides. Each attempt continues at the revision of the
 * target.
 *
 * @throws StartError if the first attempt cannot begin, or if no later attempt can succeed.
 */
export async function follow(sides: FollowSides, options: FollowOptions): Promise<CutOver | Stopped> {
  const course: Course = { hasBegun: false, refusesWrites: false, retryMs: retryMsMin, lockedSinceMs: undefined };
  try {
    return (await untilEnd(sides, options, course)) ?? { kind: 'stopped', refusesWrites: course.refusesWrites };
  } catch (error) {
    throw course.refusesWrites && error instanceof StartError ? withRefusalAdvice(error) : error;
  }
}

/** Returns undefined if the operator stopped it. */
async function untilEnd(sides: FollowSides, options: FollowOptions, course: Course): Promise<CutOver | undefined> {
  const { stop, progress } = options;
  const isOwnLock = (): boolean => {
    course.lockedSinceMs ??= performance.now();
    return performance.now() - course.lockedSinceMs < ownLockMsMax;
  };
  while (!stop.aborted) {
    try {
      return await attempt(sides, options, course);
    } catch (error) {
      if (stop.aborted) return undefined;
      if (error instanceof RevisionCompacted) {
        // The next attempt copies all keys again.
        if (sides.to.kind === 'database') continue;
        throw new StartError(`${error.message}; ${snapshotAdvice}`, { cause: error });
      }
      const mayPass = error instanceof OutageError || (error instanceof LockedError && isOwnLock());
      if (!course.hasBegun || !mayPass) throw error;
      const refusal = course.refusesWrites ? '; the source refuses writes meanwhile' : '';
      progress.print(`${error.message}${refusal}; trying again in ${course.retryMs / 1000} s`);
    }
    await pause(course.retryMs, stop);
    course.retryMs = Math.min(retryMsMax, course.retryMs * 2);
  }
  return undefined;
}

interface Attempt {
  readonly source: EtcdClient;
  readonly signal: AbortSignal;
  /** The time for the target to answer after a stop has passed. */
  readonly late: AbortSignal;
  /** Ends the attempt with an error. */
  readonly fail: (error: unknown) => void;
  readonly progress: Progress;
  readonly run: (follower: Follower) => Promise<CutOver | undefined>;
}

async function attempt(
  { openSource, to }: FollowSides,
  options: FollowOptions,
  course: Course,
): Promise<CutOver | undefined> {
  const { stop, progress } = options;
  const ended = new AbortController();
  const signal = AbortSignal.any([stop, ended.signal]);
  const source = await openSource();
  // Requests under way end with an error: to the source at once, to the target if it is silent.
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    source.close();
    timer = setTimeout(() => late.abort(), stopMsMax);
  };
  stop.addEventListener('abort', close);
  if (stop.aborted) close();
  const run: Attempt['run'] = (follower) => {
    course.hasBegun = true;
    course.retryMs = retryMsMin;
    course.lockedSinceMs = undefined;
    return runUntilEnd(follower, { ...options, course, ended, signal });
  };
  try {
    const fail = (error: unknown): void => ended.abort(error);
    const each = { source, signal, late: late.signal, fail, progress, run };
    return await (to.kind === 'etcd' ? intoEtcd(await to.open(), each) : intoDatabase(to.access, each));
  } finally {
    ended.abort();
    stop.removeEventListener('abort', close);
    clearTimeout(timer);
    source.close();
  }
}

async function intoDatabase(
  access: OfflineAccess,
  { source, signal, late, progress, run }: Attempt,
): Promise<CutOver | undefined> {
  late.addEventListener('abort', () => access.abandon());
  await prepareTarget(access, source.name);
  return access.whileLocked(async (locked) => {
    const keys = await beginCopyOfEtcd(source, { target: locked, place: access }, progress);
    await noteLeftOutOfServer(source, progress);
    return run(new Follower(keys, await DatabaseTarget.open(locked, keys, access), signal));
  });
}

async function intoEtcd(
  client: EtcdClient,
  { source, signal, late, fail, run }: Attempt,
): Promise<CutOver | undefined> {
  late.addEventListener('abort', () => client.close());
  try {
    const sides = { source, client, signal, onLost: fail };
    const keys = await beginCopyIntoEtcd(sides);
    return await run(new Follower(keys, await EtcdTarget.open(sides), signal));
  } finally {
    client.close();
  }
}

interface RunOptions extends FollowOptions {
  readonly course: Course;
  /** Ends this attempt. */
  readonly ended: AbortController;
  readonly signal: AbortSignal;
}

/** Follows, or cuts over. Ends with an error of the source, whichever request finds it. */
async function runUntilEnd(follower: Follower, options: RunOptions): Promise<CutOver | undefined> {
  const { progress, course, ended, signal } = options;
  const { target } = follower;
  const onRefusal = (): void => {
    course.refusesWrites = true;
  };
  progress.print(`following ${follower.source.client.name} into ${target.name} from revision ${target.revision} on`);
  const lag = showLag({ source: follower.source.client, target, progress }, signal).catch((error: unknown) =>
    ended.abort(error),
  );
  try {
    if (options.cutOver) return await cutOver(follower, { progress, onRefusal });
    return await follower.forever();
  } finally {
    if (!ended.signal.aborted) ended.abort();
    await lag;
    if (options.stop.aborted) progress.print(`stopped at revision ${target.revision}`);
  }
}

/** The end of a copy that follows its source: clients move from the source to the target. */
import { StartError } from '../../errors.ts';
import { type Digest, digestText } from '../copy/digest.ts';
import { digestOfEtcd } from '../copy/digest-etcd.ts';
import { RevisionCompacted } from '../copy/etcd-client.ts';
import { findKeys } from '../copy/etcd-keys.ts';
import type { Progress } from '../copy/progress.ts';
import { counted } from '../table-facts.ts';
import type { Follower } from './follower.ts';
import { digestOfNames } from './named-keys.ts';
import { refuseWrites } from './refuse-writes.ts';

export interface CutOver {
  readonly kind: 'moved';
  /** The last revision of the source, which the target has too. */
  readonly revision: number;
  readonly keyCount: number;
  /** The last comparison of all keys, and of the keys that were written after it. */
  readonly all: Comparison;
  readonly later: Comparison;
  /** For how long the source has refused writes. Undefined: it cannot refuse them. */
  readonly refusedMs: number | undefined;
}

export interface Comparison {
  readonly revision: number;
  /** The same on both sides. */
  readonly digest: Digest;
}

export interface CutOverOptions {
  readonly progress: Progress;
  /** Runs before the source is made to refuse writes. */
  readonly onRefusal: () => void;
}

/** Adds to an error after `onRefusal` how the source accepts writes again. */
export function withRefusalAdvice(error: StartError): StartError {
  const text = `${error.message}. If the source already refuses writes, run \`etcdctl alarm disarm\` at the source: it then accepts writes`;
  return new StartError(text, { cause: error });
}

/**
 * Compares all keys while clients still write, so that few keys are left to compare while they
 * cannot.
 *
 * @throws StartError if the two sides differ; then the copy stays unfinished.
 */
export async function cutOver(follower: Follower, options: CutOverOptions): Promise<CutOver> {
  const { target } = follower;
  const { progress } = options;
  progress.print('cutover: catching up with the source, then comparing all keys');
  await follower.catchUp();
  const all = await compareAll(follower, progress);
  progress.print(`revision ${all.revision}: ${digestText(all.digest)} on both sides`);
  await compareWhileWritten(follower);
  await target.alignLeases();
  return completed(follower, all, options);
}

/** Ends the writes of the source, and copies and compares the rest. */
async function completed(follower: Follower, all: Comparison, options: CutOverOptions): Promise<CutOver> {
  const { source, target, changed } = follower;
  const { progress } = options;
  const refusedAtMs = await untilNothingIsWritten(follower, options);
  const names = changed.names();
  // A kine does not confirm that it has sent everything.
  const isPartEnough = names !== undefined && !source.isKine;
  const later = isPartEnough ? await compareSome(follower, names) : await compareAll(follower, progress);
  const keyCount = await compareCounts(follower);
  await target.alignLeases();
  await target.complete();
  return {
    kind: 'moved',
    revision: target.revision,
    keyCount,
    all,
    later,
    refusedMs: refusedAtMs === undefined ? undefined : performance.now() - refusedAtMs,
  };
}

/** How often the comparison of all keys begins again because the source compacted its revision. */
const attemptsMax = 3;

/** Compares all keys at the revision of the target. */
async function compareAll(follower: Follower, progress: Progress): Promise<Comparison> {
  const { source, target, changed } = follower;
  for (let attempt = 1; ; attempt += 1) {
    const { revision } = target;
    changed.restart();
    try {
      const keys = await findKeys(source.client, { revision, scope: 'watched' });
      const comparison = compared(follower, await digestOfEtcd(keys, progress), await target.digest(progress));
      await compareHistories(follower, progress);
      return comparison;
    } catch (error) {
      if (!(error instanceof RevisionCompacted)) throw error;
      if (attempt === attemptsMax) throw compactedTooOften(follower, error);
      progress.print(`the source has compacted revision ${revision}: comparing at a newer one`);
      await follower.catchUp();
    }
  }
}

async function compareHistories({ source, target }: Follower, progress: Progress): Promise<void> {
  const result = await target.compareHistory();
  if (result === 'same') progress.print(`revision ${target.revision}: HashKV of the history is the same on both sides`);
  if (result !== 'differs') return;
  throw differs(
    `${target.name}: up to revision ${target.revision} its history differs from the one of ${source.client.name} (HashKV)`,
  );
}

function compactedTooOften({ source }: Follower, cause: Error): StartError {
  return new StartError(
    `${source.client.name}: it compacts its revisions faster than all keys can be compared; let it compact less often, and start the cutover again`,
    { cause },
  );
}

/**
 * How many keys are compared while nothing can be written: 0.2 s on a slow machine. And how many
 * comparisons try to get below it.
 */
const keysAtEndMax = 1_000;
const passesMax = 10;

/** Compares what was written during each comparison, until little is left. */
async function compareWhileWritten(follower: Follower): Promise<void> {
  for (let pass = 0; pass < passesMax; pass += 1) {
    await follower.catchUp();
    const names = follower.changed.names();
    if (names === undefined || names.length <= keysAtEndMax) return;
    follower.changed.restart();
    await compareSome(follower, names).catch((error: unknown) => {
      // The next pass compares them at a newer revision.
      if (error instanceof RevisionCompacted) follower.changed.addNames(names);
      else throw error;
    });
  }
}

/** Compares these keys at the revision of the target. */
async function compareSome(follower: Follower, names: readonly string[]): Promise<Comparison> {
  const { source, target } = follower;
  const { client, isKine } = source;
  const [ofSource, ofTarget] = await Promise.all([
    digestOfNames(names, { client, revision: target.revision, isKine }),
    target.digestOf(names),
  ]);
  return compared(follower, ofSource, ofTarget);
}

function compared({ source, target }: Follower, ofSource: Digest, ofTarget: Digest): Comparison {
  if (ofSource.hash === ofTarget.hash) return { revision: target.revision, digest: ofTarget };
  throw differs(
    `${target.name}: at revision ${target.revision} it differs from ${source.client.name}: ${digestText(ofTarget)} instead of ${digestText(ofSource)}`,
  );
}

async function compareCounts({ source, target }: Follower): Promise<number> {
  const { count } = await findKeys(source.client, { revision: target.revision, scope: 'watched' });
  const ofTarget = await target.keyCount();
  if (ofTarget === count) return count;
  throw differs(`${target.name}: it has ${counted(ofTarget, 'key')}, and ${source.client.name} has ${count}`);
}

function differs(what: string): StartError {
  return new StartError(`${what}; drop the target and start again`);
}

/** The newest revision of a source, at which it stayed for a time, and sent nothing. */
async function silentRevision(follower: Follower): Promise<number> {
  const { client } = follower.source;
  for (;;) {
    const revision = await client.newestRevision();
    await follower.untilSilent(silenceMs);
    if ((await client.newestRevision()) === revision) return revision;
  }
}

/** How long a source that cannot refuse writes must be silent. */
const silenceMs = 5_000;

/**
 * Makes the source refuse writes, and copies the rest. Returns when it began to refuse them;
 * undefined: it cannot.
 */
async function untilNothingIsWritten(
  follower: Follower,
  { progress, onRefusal }: CutOverOptions,
): Promise<number | undefined> {
  const { source, target } = follower;
  const { client } = source;
  if (source.isKine) {
    progress.print(
      `${client.name} is a kine, which cannot refuse writes: stop its clients now; the copy ends when nothing was written for ${silenceMs / 1000} s`,
    );
    await target.reach(await silentRevision(follower));
    return undefined;
  }
  const refusedAtMs = performance.now();
  onRefusal();
  await refuseWrites(client);
  progress.print(`${client.name} refuses writes from now on`);
  await follower.through(await client.newestRevision());
  return refusedAtMs;
}

/** The bounds of waiting for a database server: name with unit, value, reason. Relations between them are asserted at the end. */
import { assert } from '../../errors.ts';
import { limits } from '../../limits.ts';

export const remoteLimits = {
  /** How long an answer takes before it is asked on a new connection whether the database is there at all. The slowest answers of one that is well take less. */
  suspicionMs: 500,
  /** How often that is looked at; and how often a silent database is asked, so that its return is noticed soon. */
  silenceLookMs: 250,
  /** Between two such questions while the first has no answer: when the second is answered and the first is not, the network lost it. */
  probeIntervalMs: 500,
  /** How long one may take: over a slow network a new connection costs six ways and back. */
  probeMsMax: 4_000,
  /** How long after its begin something that certainly was not done is tried once more, on another connection. */
  secondTryWithinMs: 2_500,
  /** How long after its begin a write whose commit is in doubt is answered at the latest. etcd gives a request 7 s. */
  doubtEndsAfterMs: 6_500,
  /** The longest random pause between two attempts of a write that lost to other nodes of a cluster: some ten commits of theirs. */
  conflictPauseMsMax: 64,
  /** How long a start waits for the database before it serves without it. */
  startWaitMsMax: 5_000,
  /** How long the database may take to take over what kine wrote: a million rows take some ten seconds. */
  takeOverMsMax: 600_000,
  /** How long a defragmentation may take for one table: a server rewrites some 50 MiB a second, so this is far more than it is good for. */
  defragmentMsMax: 3_600_000,
  /** How often the difference to the database's clock is read: quartz drifts by milliseconds in this time. */
  clockIntervalMs: 60_000,
  /** How long the end waits for connections to be closed in good form. */
  closeMsMax: 1_000,
} as const;

assert(
  remoteLimits.suspicionMs + remoteLimits.silenceLookMs + remoteLimits.probeMsMax <= limits.databaseAnswerMsMax,
  'a silent network is found out before the answer is given up',
);
assert(limits.databaseAnswerMsMax < remoteLimits.doubtEndsAfterMs, 'there is time to find out what became of a commit');

/** The bounds of waiting for a database server: name with unit, value, reason. Relations between them are asserted at the end. */
import { assert } from '../../errors.ts';
import { limits } from '../../limits.ts';

export const remoteLimits = {
  /** How long an answer takes before it is asked on a new connection whether the database is there at all. The slowest answers of one that is well take less. */
  slowAnswerMs: 500,
  /** How often that is looked at; and how often a silent database is asked, so that its return is noticed soon. */
  outageCheckIntervalMs: 250,
  /** Between two such questions while the first has no answer: when the second is answered and the first is not, the network lost it. */
  probeIntervalMs: 500,
  /** How long one may take: over a slow network a new connection costs six ways and back. */
  probeMsMax: 4_000,
  /** How long after its begin something that certainly was not done is tried once more, on another connection. */
  retryWithinMs: 2_500,
  /** How long after its begin a write whose commit is in doubt is answered at the latest. etcd gives a request 7 s. */
  doubtMsMax: 6_500,
  /** The longest random pause between two attempts of a write that lost to other nodes of a cluster: some ten commits of theirs. */
  conflictPauseMsMax: 64,
  /** How long a start waits for the database before it serves without it. */
  startWaitMsMax: 5_000,
  /** How long the database may take to take over what kine wrote: a million rows take some ten seconds. */
  takeOverMsMax: 600_000,
  /** How long a defragmentation waits for its connection: the server may grant none until another one is closed. */
  separateConnectionWaitMsMax: 30_000,
  /** How long a defragmentation may take for one table: a server rewrites some 50 MiB a second, so this is far more than it is good for. */
  defragmentMsMax: 3_600_000,
  /** How often the database's clock is read. Members are listed for 25 s after their last beat: instances agree again before. */
  clockIntervalMs: 10_000,
  /** A difference that is a step of the clock. NTP slews a clock by 5 ms in an interval, and a reading is off by half a round trip. */
  clockJumpMsMin: 500,
  /** How long the database is not asked for one more connection after it refused one. Each refusal costs the server a process or a thread. */
  refusalPauseMs: 1_000,
  /** How long a request waits when the server refuses the first connection. A server takes some milliseconds to let go of one that was closed. */
  refusedWaitMsMax: 1_000,
  /** How often the hosts of a list are looked at while the current one serves. */
  hostCheckIntervalMs: 2_000,
  /** Between two looks while none serves: each costs every host a connection. */
  hostCheckPauseMs: 100,
  /** How long one look takes at most. The kept connection answers in one way and back; a new one costs six. */
  hostCheckMsMax: 1_000,
  /** How long the other hosts are waited for when one serves. */
  hostGraceMs: 300,
  /** Looks without an answer, one after the other, after which a host counts as lost: one may come upon a moment in which the server is busy, or the network broken. */
  missedChecksMax: 2,
  /** How long a preferred host must have served before it is returned to. A node that restarts again and again is not. */
  failbackAfterMs: 5_000,
  /** A host that was lost in this time after it was moved to doubles that, up to this. */
  shortUseMs: 60_000,
  failbackAfterMsMax: 300_000,
  /** How often connections are looked for that were idle for `connectionIdleMsMax`. */
  idleCheckIntervalMs: 5_000,
  /** How long the end waits for connections to be closed in good form. */
  closeMsMax: 1_000,
} as const;

assert(
  remoteLimits.slowAnswerMs + remoteLimits.outageCheckIntervalMs + remoteLimits.probeMsMax <=
    limits.databaseAnswerMsMax,
  'a silent network is found out before the answer is given up',
);
assert(
  remoteLimits.slowAnswerMs +
    remoteLimits.outageCheckIntervalMs +
    remoteLimits.missedChecksMax * remoteLimits.hostCheckMsMax <=
    remoteLimits.probeMsMax,
  'a silent host is left before its silence is taken for that of all hosts, and within 5 s',
);
assert(limits.databaseAnswerMsMax < remoteLimits.doubtMsMax, 'there is time to find out what became of a commit');

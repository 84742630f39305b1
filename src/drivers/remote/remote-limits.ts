/**
 * The bounds of waiting for a database server: name with unit, value, reason. Relations between
 * them are asserted at the end.
 */
import { assert } from '../../errors.ts';
import { limits } from '../../limits.ts';

export const remoteLimits = {
  /**
   * A reply that takes longer starts a probe: a new connection checks whether the database answers
   * at all. The slowest replies of a healthy database take less.
   */
  slowReplyMs: 500,
  /**
   * A larger request may take longer to send than a reply may take, and the server waits for it
   * meanwhile. 64 KiB take half a second at 1 Mbit/s.
   */
  quickRequestBytesMax: 64 * 1024,
  /**
   * How often overdue replies are checked, and how often the database is probed during an outage,
   * so that its return is noticed soon.
   */
  outageCheckIntervalMs: 250,
  /**
   * Between two probes while the first has no reply. If the second is answered and the first is
   * not, the network lost the first.
   */
  probeIntervalMs: 500,
  /**
   * Probes that connect at the same time. One connection is reserved for probes, and a server that
   * resumes accepts all connections that wait for it.
   */
  probesAtOnceMax: 2,
  /**
   * The interval grows with an outage in which nothing is refused: the return is noticed within an
   * eighth of its duration. MySQL blocks a client after 100 handshakes in a row that the client
   * gave up (max_connect_errors). With this factor a frozen server receives them in five minutes.
   */
  outagePerProbeInterval: 8,
  /**
   * How long the reply of the first may come after that of the second. Delays of a network vary by
   * less; requests continue within a second after a short outage.
   */
  probeGraceMs: 250,
  /**
   * The time limit of a probe, after which its connection is closed. Over a slow network a new
   * connection costs six round trips.
   */
  probeMsMax: 4_000,
  /**
   * How long after its start work that certainly had no effect is retried once, on another
   * connection.
   */
  retryWithinMs: 2_500,
  /**
   * The latest reply to a write whose commit is in doubt, counted from the start of the write. etcd
   * gives a request 7 s.
   */
  doubtMsMax: 6_500,
  /**
   * The longest random pause between two attempts of a write that conflicts with other nodes of a
   * cluster: the time of about ten of their commits.
   */
  conflictPauseMsMax: 64,
  /** How long a start waits for the database before it serves without it. */
  startWaitMsMax: 5_000,
  /**
   * How often the host is probed while a database is prepared, which takes less on an existing one.
   * A probe needs one more connection; the role may be allowed two, which a start uses.
   */
  prepareCheckIntervalMs: 2_000,
  /**
   * The server's timeout of an idle connection that prepares a database, which may hold the schema
   * lock. Its instance may be frozen or gone. Between two statements it computes for milliseconds.
   */
  prepareIdleMsMax: 10_000,
  /**
   * The same for a command. It sends something every `offlineBeatMs`, however long it computes
   * between two statements, so that the server ends only the connections of a command that is gone.
   */
  offlineIdleMsMax: 60_000,
  offlineBeatMs: 10_000,
  /** The pause between two attempts to take the schema lock. */
  schemaLockPollMs: 100,
  /** How long a start waits for the schema lock before it logs the wait. */
  schemaLockQuietMs: 2_000,
  /** How long it then waits before the attempt ends. The next one continues the wait. */
  schemaLockWaitMsMax: 30_000,
  /**
   * How long a command waits for the schema lock. The server takes a moment to release the lock of
   * a closed connection.
   */
  offlineLockWaitMsMax: 3_000,
  /** How long the take-over of rows from kine may take. A million rows take about 10 s. */
  takeOverMsMax: 600_000,
  /**
   * How long a defragmentation waits for its connection. The server may grant none until another
   * one is closed.
   */
  separateConnectionWaitMsMax: 30_000,
  /**
   * How long a defragmentation may take for one table. A server rewrites about 50 MiB/s, so this
   * suffices for any table that tine supports.
   */
  defragmentMsMax: 3_600_000,
  /**
   * How often the clock of the database is read. Members are listed for 25 s after their last
   * renewal; instances agree again before that.
   */
  clockIntervalMs: 10_000,
  /**
   * The smallest difference that counts as a step of the clock. NTP slews a clock by 5 ms in an
   * interval, and a reading is off by half a round trip.
   */
  clockJumpMsMin: 500,
  /**
   * The pause after a refused connection before one more is requested. Each refusal costs the
   * server a process or a thread.
   */
  refusalPauseMs: 1_000,
  /**
   * How long a request waits if the server refuses the first connection. A server takes some
   * milliseconds to release a closed connection.
   */
  refusedWaitMsMax: 1_000,
  /** How often the hosts of a list are checked while the current one serves. */
  hostCheckIntervalMs: 2_000,
  /** The pause between two checks while none serves. Each check costs every host a connection. */
  hostCheckPauseMs: 100,
  /** The time limit of one check. The kept connection needs one round trip, a new one six. */
  hostCheckMsMax: 1_000,
  /**
   * A node of a cluster that takes longer to apply the writes before a check is stalled. The rest
   * of `hostCheckMsMax` is for the connection.
   */
  nodeStallMsMin: 600,
  /** How long to wait for the other hosts when one serves. */
  hostGraceMs: 300,
  /**
   * Consecutive checks after which a host is lost that gave no reply, and a stalled one is left.
   * One check may meet a busy server or a short network fault.
   */
  missedChecksMax: 2,
  /**
   * How long a preferred host must have served before tine switches back to it. A node that
   * restarts again and again does not qualify.
   */
  failbackAfterMs: 5_000,
  /**
   * If a host is lost within this time after the switch to it, `failbackAfterMs` doubles, up to the
   * maximum.
   */
  shortUseMs: 60_000,
  failbackAfterMsMax: 300_000,
  /**
   * How long a connection is silent before the system tests whether its other end still exists. The
   * default of Linux is two hours.
   */
  keepAliveAfterMs: 10_000,
  /** How often connections are closed that were idle for `connectionIdleMsMax`. */
  idleCheckIntervalMs: 5_000,
  /**
   * A reply to a command (copy, check) that takes longer is checked by polls, with this pause
   * between two that are answered. Each poll costs the server a connection.
   */
  offlinePollMs: 2_000,
  /**
   * Consecutive polls without an answer after which a command's connection is given up: after about
   * 10 s. One poll may meet a busy server or a short network fault.
   */
  missedPollsMax: 2,
  /** How long a shutdown waits for connections to close with the protocol's close message. */
  closeMsMax: 1_000,
} as const;

assert(
  remoteLimits.slowReplyMs + remoteLimits.outageCheckIntervalMs + remoteLimits.probeMsMax <= limits.databaseAnswerMsMax,
  'a lost network is detected before the reply times out',
);
assert(
  remoteLimits.slowReplyMs +
    remoteLimits.outageCheckIntervalMs +
    remoteLimits.missedChecksMax * remoteLimits.hostCheckMsMax <=
    remoteLimits.probeMsMax,
  'a host that does not answer is left before it counts as an outage of all hosts, and within 5 s',
);
assert(remoteLimits.closeMsMax < limits.databaseCloseMsMax, 'a stop waits for connections to close');
assert(remoteLimits.nodeStallMsMin < remoteLimits.hostCheckMsMax, 'a stalled node is told from a silent one');
assert(limits.databaseAnswerMsMax < remoteLimits.doubtMsMax, 'there is time to determine the outcome of a commit');
assert(
  remoteLimits.offlineBeatMs * 3 < remoteLimits.offlineIdleMsMax,
  'the server keeps the connections of a command that runs',
);

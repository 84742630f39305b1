/** What each kind of database server provides to `RemoteDriver`. */

import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import type { DatabaseFacts } from '../../mvcc/database-facts.ts';
import type { RowId } from '../../mvcc/ids.ts';
import type { StatementMeter } from '../statement-meter.ts';
import type { Session } from './session.ts';

export interface Engine {
  /** The name in messages, for example `postgres`. */
  readonly name: string;
  readonly facts: DatabaseFacts;
  /** The longest stored text of a key that the indexes of the database accept, in characters. */
  readonly keyLengthMax: number;
  /**
   * How often to poll for the writes of other instances, in ms: `min` while writes arrive, slowing
   * down to `max` while none arrive.
   */
  readonly pollMs: { readonly min: number; readonly max: number };
  /** The same while the channel for messages has received nothing. */
  readonly pollMsWithoutMessages: { readonly min: number; readonly max: number };
  /** The addresses, in the order of preference. */
  readonly hosts: readonly DatabaseHost[];
  /**
   * Opens a connection and sets it up. `onClose` is called when either side closes it. When the
   * signal aborts, the attempt ends at once, and nothing of it stays open.
   *
   * @throws the error of the client library; DriverError if the server accepts no writes, because
   * its reads may be stale; the reason of the signal.
   */
  connect(
    host: DatabaseHost,
    options: { readonly onClose: () => void; readonly signal: AbortSignal },
  ): Promise<unknown>;
  /** Wraps a connection as a session that counts the times of its statements. */
  session(connection: unknown, meter: StatementMeter): Session;
  /** Closes a connection with the protocol's close message. */
  end(connection: unknown): Promise<void>;
  /** Closes a connection without notice to the server. Everything that waits on it fails. */
  abandon(connection: unknown): void;
  /**
   * Opens a connection that reads the state of one of several hosts. It accepts any host, in any
   * state, with or without tine's database. The signal is that of `connect`.
   */
  openNode(host: DatabaseHost, signal: AbortSignal): Promise<Node>;
  /** The server's name of a connection. Undefined: unknown. */
  serverNameOf?(connection: unknown): string | undefined;
  /** The number of bytes that have arrived on a connection. */
  receivedBytesOf?(connection: unknown): number;
  /** The number of bytes of all requests on a connection, also of bytes that are not sent yet. */
  requestedBytesOf?(connection: unknown): number;
  /**
   * The connections on which the server waits for a request. It has received none, or has sent its
   * reply.
   */
  idleAmong?(serverNames: readonly string[], session: Session): Promise<readonly string[]>;
  /**
   * Ends at the server the connections that the network has lost: their transactions hold locks.
   */
  endLostConnections?(serverNames: readonly string[], session: Session): Promise<void>;
  /**
   * Converts an error of the database to `DriverError`. Leaves the errors of the client and of tine
   * unchanged.
   */
  classifyError(error: unknown): Error;
  /**
   * Creates the database if it is missing and migrates its schema. Instances that start at once
   * migrate it once. When the signal is aborted, its connections are closed without notice to the
   * server.
   *
   * @throws StartError for a fault that the operator must repair; the error of the client library
   * during an outage.
   */
  prepare(host: DatabaseHost, signal: AbortSignal): Promise<void>;
  /** Milliseconds since 1970 by the clock of the server. */
  now(session: Session): Promise<number>;
  /**
   * tine's tables and indexes: their bytes on disk, and the bytes in use, as far as the server
   * counts them.
   */
  size(session: Session): Promise<{ bytes: number; inUseBytes: number }>;
  /** Returns unused space from tine's tables while they are used, over a separate connection. */
  defragment(session: Session): Promise<void>;
  /**
   * Opens the channel that announces new heads to other instances and receives theirs. Undefined:
   * the database carries no messages.
   */
  openMessages?(listener: MessageListener, hosts: CurrentHost): MessageChannel;
}

/** Holds the host that is used now. */
export interface CurrentHost {
  readonly current: DatabaseHost;
}

/** A connection that reads the state of one of several hosts. */
export interface Node {
  state(): Promise<NodeState>;
  /** Closes the connection without notice to the server. */
  abandon(): void;
}

/** The state of a host at a moment. */
export interface NodeState {
  /** The reason why tine may not use the host. Undefined: the host serves. */
  readonly refusal: string | undefined;
  /**
   * The host serves, but may soon be slow or refuse work: a node of a cluster that sends its data
   * to another node.
   */
  readonly isDegraded: boolean;
  /**
   * The host serves, but a read on it waits: it is a node of a cluster that does not apply the
   * writes of the others now.
   */
  readonly isStalled: boolean;
  /**
   * Grows with each promotion: of two primaries, the one with the higher term is right. 0 where the
   * database does not count promotions.
   */
  readonly term: number;
  /**
   * Hosts with the same text hold the same data at every moment. tine may switch between them while
   * both serve.
   */
  readonly dataId: string;
}

/** Receives the messages of a channel. */
export interface MessageListener {
  onHint(id: RowId): void;
  /** The time until this instance received its own announcement. */
  onEcho(ms: number): void;
}

/**
 * Carries hints between the instances of one store. Delivery is not guaranteed: polling finds lost
 * ones.
 */
export interface MessageChannel {
  /** Announces a row that this instance has committed. */
  announce(id: RowId): void;
  /** Whether anything was received since the channel opened, its own announcements included. */
  readonly isReceiving: boolean;
  /** Opens another connection, after the network has lost connections. */
  reopen(): void;
  close(): Promise<void>;
}

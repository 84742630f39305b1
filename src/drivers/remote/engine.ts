/** What a kind of database server brings to `RemoteDriver`. */
import type { DatabaseHost } from '../../config/database/database-dsn.ts';
import type { RowId } from '../../mvcc/operations.ts';
import type { DatabaseFacts } from '../../mvcc/read-programs.ts';
import type { StatementMeter } from '../statement-meter.ts';
import type { Session } from './session.ts';

export interface Engine {
  /** For messages: `postgres`. */
  readonly name: string;
  readonly facts: DatabaseFacts;
  /** Characters of a key's stored text that the database's indexes take. */
  readonly keyLengthMax: number;
  /** How often another instance's writes are asked for, in ms: `min` while they come, up to `max` while nothing happens. */
  readonly pollMs: { readonly min: number; readonly max: number };
  /** The same while no message was heard on an open channel. */
  readonly pollMsWithoutMessages: { readonly min: number; readonly max: number };
  /** The addresses, in the order in which they are tried. */
  readonly hosts: readonly DatabaseHost[];
  /**
   * Opens a connection and makes it ready for work. `onClose` is called when it is closed, by whichever side.
   *
   * @throws what the database's client says; DriverError when the server takes no writes: what it returns to a read may be old.
   */
  connect(host: DatabaseHost, onClose: () => void): Promise<unknown>;
  /** Such a connection as a session, which counts the times of its statements. */
  session(connection: unknown, meter: StatementMeter): Session;
  /** Closes such a connection in good form. */
  end(connection: unknown): Promise<void>;
  /** Closes such a connection without a word to the server: everything that waits for it fails. */
  abandon(connection: unknown): void;
  /** Opens a connection that tells what one of several hosts is good for. It takes any host, whatever its state, with or without tine's database. */
  openNode(host: DatabaseHost): Promise<Node>;
  /** By what the server knows such a connection; undefined: it cannot be told. */
  serverNameOf?(connection: unknown): string | undefined;
  /** Ends what is left at the server of connections that the network has lost: their transactions hold locks. */
  endLostConnections?(serverNames: readonly string[], session: Session): Promise<void>;
  /** The database's error as tine's; leaves our own and the client's as they are. */
  classifyError(error: unknown): Error;
  /**
   * Makes the database if it is missing and brings its schema up to date, once, whoever else starts meanwhile.
   *
   * @throws StartError for what a person must mend; what the database's client says while the server is away.
   */
  prepare(host: DatabaseHost): Promise<void>;
  /** Milliseconds since 1970 by the server's clock. */
  now(session: Session): Promise<number>;
  /** Bytes of tine's tables and indexes on disk, and of those that hold something, as near as the server knows. */
  size(session: Session): Promise<{ bytes: number; inUseBytes: number }>;
  /** Gives back unused space of tine's tables while they are used, over a connection that does nothing else. */
  defragment(session: Session): Promise<void>;
  /** Tells the other instances of a new head, where the database carries messages; and hears theirs. Undefined: it does not. */
  openMessages?(listener: MessageListener, hosts: CurrentHost): MessageChannel;
}

/** Says which host is used now. */
export interface CurrentHost {
  readonly current: DatabaseHost;
}

/** A connection to one of several hosts that tells its state. */
export interface Node {
  state(): Promise<NodeState>;
  /** Closes it without a word to the server. */
  abandon(): void;
}

/** What a host is good for at a moment. */
export interface NodeState {
  /** Why tine may not use it; undefined: it serves. */
  readonly refusal: string | undefined;
  /** It serves, but will soon be slow or refuse: a node of a cluster that gives its data to another. */
  readonly isDegraded: boolean;
  /** Grows with each promotion, so that of two primaries the one with the higher number is right. 0 where the database has no such number. */
  readonly term: number;
  /** Hosts with the same text hold the same data at every moment: one may be left for another while both serve. */
  readonly dataId: string;
}

/** Who is told what a message channel hears. */
export interface MessageListener {
  onHint(id: RowId): void;
  /** How long its own word took to come back. */
  onEcho(ms: number): void;
}

/** Carries hints between the instances of one store, as well as it can: what is lost, the poll finds. */
export interface MessageChannel {
  /** This instance has committed a row. */
  announce(id: RowId): void;
  /** Whether anything was heard since it was opened, be it its own word. */
  readonly isReceiving: boolean;
  /** The network has lost connections: opens another. */
  reopen(): void;
  close(): Promise<void>;
}

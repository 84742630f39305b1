/** Facts about the place where the data is, for `tine doctor`. Plain data, without a judgement. */

export type StorageFacts = FileStorage | ServerStorage;

export interface FileStorage {
  readonly kind: 'file';
  /** The files of the database that exist: first the database, then its log and shared memory. */
  readonly files: readonly FileState[];
  readonly directory: FileState;
  /** Files that are missing although another process has the database open. */
  readonly missing: readonly string[];
  readonly fileSystem: FileSystem;
  readonly freeBytes: number;
  /** Undefined: this user may not write in the directory. */
  readonly sync: SyncTimes | undefined;
}

export interface FileState {
  readonly path: string;
  readonly bytes: number;
  /** The mode as `stat` returns it, with the type of the file. */
  readonly mode: number;
}

export interface FileSystem {
  readonly name: string;
  /**
   * - `network`: locks of SQLite do not work reliably.
   * - `memory`: the data is lost at a restart of the machine.
   * - `container`: the data is removed together with the container.
   */
  readonly kind: 'disk' | 'network' | 'memory' | 'container';
}

/** Times of a write of 4 KiB and its sync, in ms. */
export interface SyncTimes {
  readonly medianMs: number;
  readonly slowestMs: number;
}

export interface ServerStorage {
  readonly kind: 'server';
  /** The hosts of the endpoint, in its order. */
  readonly hosts: readonly HostState[];
  /** Details of the first host that serves. Undefined: none serves. */
  readonly details: ServerDetails | undefined;
}

export interface HostState {
  readonly name: string;
  /** The reason why tine cannot use the host. Undefined: it can. */
  readonly refusal: string | undefined;
  /** False: the host does not answer, or accepts no connection of this user. */
  readonly isReachable: boolean;
  /** The host serves, but sends its data to another node of its cluster meanwhile. */
  readonly isDegraded: boolean;
  /** The host serves, but does not apply the writes of its cluster now. */
  readonly isStalled: boolean;
}

export interface ServerDetails extends ServerDescription {
  /** The median time of one statement, in ms. */
  readonly roundTripMs: number;
  /** The clock of the server minus the clock of this machine, in ms. */
  readonly clockAheadMs: number;
}

/** What a server reports about itself. */
export interface ServerDescription {
  readonly product: 'Postgres' | 'MySQL' | 'MariaDB';
  readonly version: string;
  readonly isSupported: boolean;
  /** Settings and states of the server by name. */
  readonly settings: ReadonlyMap<string, string>;
  readonly connections: { readonly max: number; readonly used: number };
}

import type { Message, Outcome } from './message.ts';

export type UnaryMethod =
  | 'Range'
  | 'Put'
  | 'DeleteRange'
  | 'Txn'
  | 'Compact'
  | 'LeaseGrant'
  | 'LeaseRevoke'
  | 'LeaseTimeToLive'
  | 'LeaseLeases';

export type StreamMethod = 'Watch' | 'LeaseKeepAlive';

/** A request given as bytes, valid or not. */
export interface RawRequest {
  readonly method: UnaryMethod;
  readonly bytes: Buffer;
  /**
   * The message that a protobuf reader decodes from the bytes. Absent if every reader refuses them.
   */
  readonly meaning?: Message;
}

/** The target of a script: a server, or its model. */
export interface Target {
  readonly name: string;
  unary(name: UnaryMethod, request: Message): Promise<Outcome>;
  raw(request: RawRequest): Promise<Outcome>;
  /** A stream whose first message is these bytes, which no reader of protobuf accepts. */
  rawStream(name: StreamMethod, bytes: Buffer): Promise<Outcome>;
  /** A keepalive stream of one request: `{messages: [...]}`. */
  keepAlive(request: Message): Promise<Outcome>;
  /** All chunks: `{messages: [...]}`. */
  rangeStream(request: Message): Promise<Outcome>;
  watch(): WatchSession;
  close(): void;
}

/** One watch stream and all its responses so far. */
export interface WatchSession {
  readonly responses: readonly Message[];
  /** Set when the stream has ended. */
  readonly ended: Outcome | undefined;
  send(request: Message): void;
  /**
   * Waits for responses until the condition holds. False when the time or the stream ended before.
   */
  until(satisfied: () => boolean, timeoutMs: number): Promise<boolean>;
  close(): void;
}

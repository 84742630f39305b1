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

/** A request by its bytes, whatever they mean. */
export interface RawRequest {
  readonly method: UnaryMethod;
  readonly bytes: Buffer;
  /** What a reader of protobuf makes of the bytes; absent where it refuses them. */
  readonly meaning?: Message;
}

/** What a script runs against: a server, or the model of one. */
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

/** One watch stream and everything that came over it so far. */
export interface WatchSession {
  readonly responses: readonly Message[];
  /** Set once the stream is over. */
  readonly ended: Outcome | undefined;
  send(request: Message): void;
  /** Waits for responses until the condition holds; false when time or stream ran out before. */
  until(satisfied: () => boolean, timeoutMs: number): Promise<boolean>;
  close(): void;
}

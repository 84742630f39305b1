import { HeldBytes } from '../budget/held-bytes.ts';
import { Turns } from '../budget/turns.ts';
import { transportLimits } from '../transport-limits.ts';
import { sharedIdleFrames } from './idle-frames.ts';
import { MessageMemory } from './message-memory.ts';
import type { RateLimit } from './rate-limit.ts';
import { UnreadAnswers } from './unread-answers.ts';

/**
 * State that all HTTP/2 connections of a process share, so that together they stay within the
 * limits (docs/adr/011-connection-budget.md).
 */
export interface SharedBounds {
  /** All HTTP/2 connections of the process take turns. */
  readonly turns: Turns;
  /** Memory of unfinished requests of all connections. */
  readonly held: HeldBytes;
  /** Memory for large messages of all connections. */
  readonly messageMemory: MessageMemory;
  /** Frames of all connections that carry no request. */
  readonly idleFrames: RateLimit;
  /** Unread answers of all connections. */
  readonly unread: UnreadAnswers;
}

export function sharedBounds(): SharedBounds {
  return {
    turns: new Turns({ roundMs: transportLimits.turnRoundMs }),
    held: new HeldBytes({ bytesMax: transportLimits.heldBytesMax }),
    messageMemory: new MessageMemory(),
    idleFrames: sharedIdleFrames(),
    unread: new UnreadAnswers(),
  };
}

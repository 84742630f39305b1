import { HeldBytes } from '../budget/held-bytes.ts';
import { Turns } from '../budget/turns.ts';
import { transportLimits } from '../transport-limits.ts';
import { MessageMemory } from './message-memory.ts';
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
  /** Unread answers of all connections. */
  readonly unread: UnreadAnswers;
}

export function sharedBounds(): SharedBounds {
  return {
    turns: new Turns({ roundMs: transportLimits.turnRoundMs }),
    held: new HeldBytes({ bytesMax: transportLimits.heldBytesMax }),
    messageMemory: new MessageMemory(),
    unread: new UnreadAnswers(),
  };
}

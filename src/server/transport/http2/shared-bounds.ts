import { HeldBytes } from '../budget/held-bytes.ts';
import { Turns } from '../budget/turns.ts';
import { transportLimits } from '../transport-limits.ts';
import { MessageMemory } from './message-memory.ts';
import { UnreadAnswers } from './unread-answers.ts';

/** What all HTTP/2 connections of a process share, so that together they stay within its bounds (docs/adr/011-connection-budget.md). */
export interface SharedBounds {
  /** Connections take turns with all others of the process. */
  readonly turns: Turns;
  /** What unfinished requests of all connections hold. */
  readonly held: HeldBytes;
  /** For large messages of all connections. */
  readonly messageMemory: MessageMemory;
  /** Answers of all connections that wait for their clients. */
  readonly unread: UnreadAnswers;
}

export function sharedBounds(): SharedBounds {
  return {
    turns: new Turns(),
    held: new HeldBytes({ bytesMax: transportLimits.heldBytesMax }),
    messageMemory: new MessageMemory(),
    unread: new UnreadAnswers(),
  };
}

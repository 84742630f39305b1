import type { Message } from './message.ts';
import type { RawRequest, StreamMethod, UnaryMethod } from './target.ts';

/** One request of a script, with references for values that are known only while it runs. */
export type Step =
  /** With an alias: references to the alias resolve to the ID in the reply. */
  | { readonly kind: 'unary'; readonly method: UnaryMethod; readonly request: Message; readonly alias?: string }
  | { readonly kind: 'rangeStream'; readonly request: Message }
  | { readonly kind: 'keepAlive'; readonly request: Message }
  | ({ readonly kind: 'raw' } & RawRequest)
  | { readonly kind: 'rawStream'; readonly method: StreamMethod; readonly bytes: Buffer }
  | { readonly kind: 'watch'; readonly stream: number; readonly request: Message }
  | { readonly kind: 'closeWatch'; readonly stream: number }
  /** Waits until every watcher has every event, and compares the events. */
  | { readonly kind: 'settle' }
  /** All watch streams end, and the server under test is killed and started again. */
  | { readonly kind: 'restart' };

export function unary(method: UnaryMethod, request: Message): Step {
  return { kind: 'unary', method, request };
}

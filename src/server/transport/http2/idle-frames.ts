import { transportLimits } from '../transport-limits.ts';
import { RateLimit } from './rate-limit.ts';

/** The limit that all connections of a process share. */
export function sharedIdleFrames(): RateLimit {
  return new RateLimit({
    burst: transportLimits.sharedIdleFramesBurst,
    perSecond: transportLimits.sharedIdleFramesPerSecond,
  });
}

/**
 * Limits the frames of one connection that carry no request. A connection may send many at once.
 * While all connections together send too many, each may send fewer: hundreds of connections cost
 * no more than some.
 */
export class IdleFrames {
  readonly #shared: RateLimit;
  readonly #own = new RateLimit({
    burst: transportLimits.idleFramesBurst,
    perSecond: transportLimits.idleFramesPerSecond,
  });

  constructor(shared: RateLimit) {
    this.#shared = shared;
  }

  /** Counts frames. Returns whether the connection stays within the limit. */
  allows(frames: number): boolean {
    if (!this.#own.allows(frames)) return false;
    return this.#shared.allows(frames) || this.#own.taken <= transportLimits.idleFramesBurstMin;
  }

  /** Allows more frames, after useful ones. */
  giveBack(frames: number): void {
    // Only what this connection has taken: the answers of others must not pay for a flood.
    this.#shared.giveBack(this.#own.giveBack(frames));
  }
}

import type { Origin } from '../../../../src/kit/origin.ts';
import type { Requester } from '../../../../src/store/queues/requester.ts';

/** A client connection that a test can fill and drain. */
export class TestOrigin implements Origin {
  isBackedUp = false;
  #wakes: (() => void)[] = [];

  onceDrained(wake: () => void): void {
    this.#wakes.push(wake);
  }

  drain(): void {
    this.isBackedUp = false;
    const wakes = this.#wakes;
    this.#wakes = [];
    for (const wake of wakes) wake();
  }

  request(): Requester & { isGone: boolean } {
    return { origin: this, isGone: false };
  }
}

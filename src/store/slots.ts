import { etcdError } from '../errors.ts';

/** Lets so many at once in, and sends the others away. */
export class Slots {
  readonly #countMax: number;
  #count = 0;

  constructor({ countMax }: { countMax: number }) {
    this.#countMax = countMax;
  }

  /**
   * Takes a slot; what comes back gives it free again.
   *
   * @throws EtcdError `tooManyRequests` when none is free.
   */
  take(): () => void {
    if (this.#count === this.#countMax) throw etcdError('tooManyRequests');
    this.#count += 1;
    let isTaken = true;
    return () => {
      if (isTaken) this.#count -= 1;
      isTaken = false;
    };
  }
}

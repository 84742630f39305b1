import type { DatabaseHost } from '../../config/dsn.ts';
import { DriverError } from '../../errors.ts';

/** Which of several addresses is used: the first that answers, and after it fails the next. */
export class HostTurn {
  readonly #hosts: readonly DatabaseHost[];
  #index = 0;

  constructor(hosts: readonly DatabaseHost[]) {
    this.#hosts = hosts;
  }

  get count(): number {
    return this.#hosts.length;
  }

  get current(): DatabaseHost {
    const host = this.#hosts[this.#index];
    if (host === undefined) throw new DriverError('other', 'no database host is named');
    return host;
  }

  /** This one answers. */
  turnTo(host: DatabaseHost): void {
    this.#index = Math.max(0, this.#hosts.indexOf(host));
  }

  /** The current one failed. */
  next(): void {
    this.#index = (this.#index + 1) % this.#hosts.length;
  }
}

/** Passwords as bcrypt keeps them, off the main thread. */
import { hash, verify } from '@node-rs/bcrypt';
import { etcdError } from '../../errors.ts';
import { Limiter } from '../../watch/limiter.ts';
import { serverLimits } from '../server-limits.ts';

/** What bcrypt looks at of a password. A longer one is refused when it is set, as by etcd; when it is tried the rest counts for nothing. */
const passwordBytesMax = 72;

/** What counts of a password that is tried: at most 72 bytes. */
export type TriedPassword = Uint8Array & { readonly brand: 'TriedPassword' };

/** The rest of a long password is not kept. */
export function triedPassword(password: string): TriedPassword {
  // Each character has at least one byte. One more, so that none is cut in two.
  const bytes = Buffer.from(password.slice(0, passwordBytesMax + 1));
  return Uint8Array.from(bytes.subarray(0, passwordBytesMax)) as TriedPassword;
}

export class Passwords {
  readonly #cost: number;
  readonly #limiter = new Limiter({ countMax: serverLimits.passwordsAtOnceMax });
  #waitingCount = 0;
  /** Compared with where there is nothing to compare with, so that it takes as long. */
  #nobodys: Promise<string> | undefined;

  constructor({ cost }: { readonly cost: number }) {
    this.#cost = cost;
  }

  /** @throws EtcdError when it is too long, or too many wait */
  async hash(password: string): Promise<Uint8Array> {
    if (Buffer.byteLength(password) > passwordBytesMax) throw etcdError('passwordTooLong');
    return Buffer.from(await this.#inTurn(() => this.#hash(password)));
  }

  /** Takes as long whether the password is right or wrong, and where there is none: `passwordHash` empty. @throws EtcdError when too many wait */
  async isRight(password: TriedPassword, passwordHash: string): Promise<boolean> {
    return this.#inTurn(async () => {
      this.#nobodys ??= this.#hash('nobody');
      const nobodys = await this.#nobodys;
      const isRight = await verify(password, passwordHash === '' ? nobodys : passwordHash);
      return isRight && passwordHash !== '';
    });
  }

  /** Under the name that Go's bcrypt gives, and so etcd: up to 72 bytes the versions 2a, 2b and 2y are the same. */
  async #hash(password: string): Promise<string> {
    return (await hash(password, this.#cost)).replace(/^\$2[by]\$/, '$2a$$');
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waitingCount >= serverLimits.passwordsWaitingMax) throw etcdError('tooManyRequests');
    this.#waitingCount += 1;
    try {
      return await this.#limiter.run(work);
    } finally {
      this.#waitingCount -= 1;
    }
  }
}

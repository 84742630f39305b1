/** Password hashes of bcrypt, computed outside of the main thread. */
import { etcdError } from '../../errors.ts';
import { Slots } from '../../kit/slots.ts';
import { serverLimits } from '../server-limits.ts';

/**
 * bcrypt reads only this many bytes of a password. As in etcd, a longer password cannot be set.
 * When it is tried, the rest is ignored.
 */
const passwordBytesMax = 72;

/** The part of a tried password that counts: at most 72 bytes. */
export type TriedPassword = Uint8Array & { readonly brand: 'TriedPassword' };

/** Drops the rest of a long password. */
export function triedPassword(password: string): TriedPassword {
  // Each character has at least one byte. One more character, so that none is split.
  const bytes = Buffer.from(password.slice(0, passwordBytesMax + 1));
  return Uint8Array.from(bytes.subarray(0, passwordBytesMax)) as TriedPassword;
}

/** A password of at most 72 bytes, which can be set. */
export type NewPassword = string & { readonly brand: 'NewPassword' };

/** @throws EtcdError when the password is too long */
export function newPassword(password: string): NewPassword {
  if (Buffer.byteLength(password) > passwordBytesMax) throw etcdError('passwordTooLong');
  return password as NewPassword;
}

export class Passwords {
  readonly #cost: number;
  readonly #slots = new Slots({
    countMax: serverLimits.passwordsAtOnceMax,
    waitingMax: serverLimits.passwordsWaitingMax,
  });
  /** Compared if the user has no password, so that the comparison takes as long. */
  #dummyHash: Promise<string> | undefined;

  constructor({ cost }: { readonly cost: number }) {
    this.#cost = cost;
  }

  /** @throws EtcdError when too many wait */
  async hash(password: NewPassword): Promise<Uint8Array> {
    return Buffer.from(await this.#slots.run(() => this.#hash(password)));
  }

  /**
   * Compares a password with a hash. Takes the same time if the password is right, wrong, or if
   * `passwordHash` is empty. @throws EtcdError when too many wait
   */
  async isRight(password: TriedPassword, passwordHash: string): Promise<boolean> {
    return this.#slots.run(async () => {
      this.#dummyHash ??= this.#hash('nobody');
      const dummyHash = await this.#dummyHash;
      const { verify } = await loadBcrypt();
      const isRight = await verify(password, passwordHash === '' ? dummyHash : passwordHash);
      return isRight && passwordHash !== '';
    });
  }

  /**
   * Uses the version that Go's bcrypt writes, as in etcd. Up to 72 bytes the versions 2a, 2b and 2y
   * are equal.
   */
  async #hash(password: string): Promise<string> {
    const { hash } = await loadBcrypt();
    return (await hash(password, this.#cost)).replace(/^\$2[by]\$/, '$2a$$');
  }
}

/** Loaded for the first password. */
function loadBcrypt(): Promise<typeof import('@node-rs/bcrypt')> {
  return import('@node-rs/bcrypt');
}

import { etcdError } from '../../errors.ts';
import { authRevision, isAuthOn } from '../../mvcc/auth/auth-state.ts';
import type { Revision } from '../../mvcc/ids.ts';
import type { AuthStore } from '../../store/auth-store.ts';
import type { Requester } from '../../store/queues/requester.ts';
import type { Passwords, TriedPassword } from './passwords.ts';
import type { TokenProvider } from './token-provider.ts';

/** Concurrent changes of users that a log-in tolerates. */
const attemptsMax = 5;

/**
 * Issues a token for a user name and a password. An unknown name takes as long as a wrong password.
 *
 * @throws EtcdError
 */
export async function authenticate(
  { name, password }: { readonly name: string; readonly password: TriedPassword },
  requester: Requester,
  {
    auth,
    passwords,
    tokens,
  }: { readonly auth: AuthStore; readonly passwords: Passwords; readonly tokens: TokenProvider },
): Promise<{ readonly revision: Revision; readonly token: string }> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const { revision, authState } = await auth.refresh(requester);
    if (!isAuthOn(authState)) throw etcdError('authNotEnabled');
    const { epoch } = auth;
    const user = await auth.user(name, requester);
    if (user?.isPasswordless === true) throw etcdError('noPasswordUser');
    const isRight = await passwords.isRight(password, user?.passwordHash ?? '');
    const token = isRight ? await tokens.issue(name, authRevision(authState)) : undefined;
    await auth.refresh(requester);
    if (auth.epoch !== epoch) continue;
    if (token === undefined) throw etcdError('authFailed');
    return { revision, token };
  }
  throw etcdError('authOldRevision');
}

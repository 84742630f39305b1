/**
 * The signed-in user. The token stays in the tab (sessionStorage) and goes into a header, never
 * into a cookie, so no other site can use it.
 */
export interface Session {
  readonly user: string | undefined;
  /** Requests were refused for want of a valid token. The page shows the form to sign in. */
  readonly isRefused: boolean;
}

const tokenName = 'tine-token';
const userName = 'tine-user';

type Listener = (session: Session) => void;

const listeners = new Set<Listener>();
let current: Session = { user: sessionStorage.getItem(userName) ?? undefined, isRefused: false };

export const session = {
  get current(): Session {
    return current;
  },

  get token(): string | undefined {
    return sessionStorage.getItem(tokenName) ?? undefined;
  },

  begin(user: string, token: string): void {
    sessionStorage.setItem(userName, user);
    sessionStorage.setItem(tokenName, token);
    change({ user, isRefused: false });
  },

  end({ isRefused }: { readonly isRefused: boolean }): void {
    sessionStorage.removeItem(userName);
    sessionStorage.removeItem(tokenName);
    change({ user: undefined, isRefused });
  },

  /** Calls the listener at each change. The result ends it. */
  onChange(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};

function change(next: Session): void {
  if (next.user === current.user && next.isRefused === current.isRefused) return;
  current = next;
  for (const listener of listeners) listener(next);
}

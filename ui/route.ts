import { useLayoutEffect, useState } from 'preact/hooks';
import { addressOfBytes, bytesOfAddress } from './bytes.ts';

export const viewNames = ['keys', 'events', 'load', 'cluster'] as const;
export type ViewName = (typeof viewNames)[number] | 'value';

/** Which view is shown, and of what. */
export interface Route {
  readonly view: ViewName;
  readonly argument: Uint8Array<ArrayBuffer>;
}

/** The hash of a view: `#/keys//registry/` shows the keys that begin with `/registry/`. */
export function addressOf(view: ViewName, argument: Uint8Array = new Uint8Array()): string {
  return `#/${view}/${addressOfBytes(argument)}`;
}

export function useRoute(): Route {
  const [hash, setHash] = useState(location.hash);
  // Before the browser can change the address: an effect would listen after the first paint.
  useLayoutEffect(() => {
    const onChange = () => setHash(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return routeOf(hash);
}

export function routeOf(hash: string): Route {
  const [, view = '', argument = ''] = /^#\/([a-z]+)\/?(.*)$/s.exec(hash) ?? [];
  return { view: isView(view) ? view : 'keys', argument: bytesOfAddress(argument) };
}

function isView(view: string): view is ViewName {
  return view === 'value' || (viewNames as readonly string[]).includes(view);
}

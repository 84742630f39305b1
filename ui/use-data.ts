import { useEffect, useState } from 'preact/hooks';

/** A value that is being read, was read, or could not be read. */
export type Loaded<Value> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: Value }
  | { readonly state: 'failed'; readonly error: Error };

/**
 * Reads a value when the view appears and when an input changes. The signal aborts when the value
 * is not needed any more. `reload` reads again.
 */
export function useData<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
): Loaded<Value> & { readonly reload: () => void } {
  const [loaded, setLoaded] = useState<Loaded<Value>>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    setLoaded({ state: 'loading' });
    read(ending.signal).then(
      (value) => ending.signal.aborted || setLoaded({ state: 'ready', value }),
      (error: Error) => ending.signal.aborted || setLoaded({ state: 'failed', error }),
    );
    return () => ending.abort();
  }, [...inputs, attempt]);
  return { ...loaded, reload: () => setAttempt(attempt + 1) };
}

import { useEffect, useRef, useState } from 'preact/hooks';

export interface Refreshed<Value> {
  /** The newest value that was read; it stays when a later read fails. */
  readonly value: Value | undefined;
  /** Why the newest read failed. */
  readonly error: Error | undefined;
  readonly reload: () => void;
}

/**
 * Reads a value at an interval while the page is visible, and at once when it becomes visible
 * again. A read that is not needed any more is aborted.
 */
export function useRefreshed<Value>(
  read: (signal: AbortSignal) => Promise<Value>,
  intervalMs: number,
): Refreshed<Value> {
  const [value, setValue] = useState<Value>();
  const [error, setError] = useState<Error>();
  const [attempt, setAttempt] = useState(0);
  const latestRead = useRef(read);
  latestRead.current = read;
  useEffect(() => {
    let ending: AbortController | undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => {
      ending?.abort();
      clearTimeout(timer);
    };
    const refresh = async () => {
      stop();
      if (document.visibilityState === 'hidden') return;
      ending = new AbortController();
      const { signal } = ending;
      try {
        const found = await latestRead.current(signal);
        if (signal.aborted) return;
        setValue(() => found);
        setError(undefined);
      } catch (failure) {
        if (signal.aborted) return;
        setError(failure as Error);
      }
      timer = setTimeout(() => void refresh(), intervalMs);
    };
    const onVisibility = () => void refresh();
    document.addEventListener('visibilitychange', onVisibility);
    void refresh();
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      stop();
    };
  }, [attempt, intervalMs]);
  return { value, error, reload: () => setAttempt((count) => count + 1) };
}

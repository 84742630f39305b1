import { useReducer } from 'preact/hooks';

/** Draws the component again when it is called. */
export function useRedraw(): () => void {
  const [, redraw] = useReducer((count: number, _action: undefined) => count + 1, 0);
  return () => redraw(undefined);
}

import { ApiError } from '../api-error.ts';
import { Failure } from './failure.tsx';

interface RootOnlyProps {
  readonly error: Error;
  /** What is not shown, such as `the load of the server`. */
  readonly what: string;
  readonly onRetry: () => void;
}

/** Why something is not shown that only the role root may see. */
export function RootOnly({ error, what, onRetry }: RootOnlyProps) {
  if (!(error instanceof ApiError && error.isDenied)) return <Failure error={error} onRetry={onRetry} />;
  return (
    <div class="notice" role="alert">
      <p>You have no right to see {what}. It needs the role root.</p>
    </div>
  );
}

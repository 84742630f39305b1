import { ApiError } from '../api-error.ts';

/** Why something is not shown, and the way to try again. */
export function Failure({ error, onRetry }: { readonly error: Error; readonly onRetry?: () => void }) {
  const isDenied = error instanceof ApiError && error.isDenied;
  return (
    <div class="notice" role="alert">
      <p>{isDenied ? 'You have no right to read this.' : error.message}</p>
      {isDenied && <p class="quiet">A user with the role root can grant your role the right to read these keys.</p>}
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </div>
  );
}

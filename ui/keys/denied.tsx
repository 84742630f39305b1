import { shownBytes } from '../bytes.ts';
import { Failure } from '../parts/failure.tsx';
import { addressOf } from '../route.ts';
import { session } from '../session.ts';
import { useData } from '../use-data.ts';
import { type ReadableKeys, readableKeys } from './own-rights.ts';

/** The keys cannot be listed for want of rights. Shows the keys that the user may read instead. */
export function Denied({ error }: { readonly error: Error }) {
  const { user } = session.current;
  const rights = useData(async (signal) => (user === undefined ? [] : await readableKeys(user, signal)), [user]);
  return (
    <>
      <Failure error={error} />
      {rights.state === 'ready' && rights.value.length > 0 && (
        <section>
          <h2>Keys that {user} may read</h2>
          <ul class="mono">
            {rights.value.map((keys) => (
              <li key={shownBytes(keys.bytes)}>
                <Readable keys={keys} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </>
  );
}

function Readable({ keys }: { readonly keys: ReadableKeys }) {
  const shown = shownBytes(keys.bytes);
  switch (keys.kind) {
    case 'key':
      return <a href={addressOf('value', keys.bytes)}>{shown}</a>;
    case 'prefix':
      return (
        <>
          <a href={addressOf('keys', keys.bytes)}>{shown}</a> and everything below
        </>
      );
    case 'interval':
      return (
        <>
          from {shown} to {shownBytes(keys.end)}
        </>
      );
  }
}

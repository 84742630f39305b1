import { useState } from 'preact/hooks';
import { call, type RangeReply } from '../api.ts';
import { base64OfBytes } from '../bytes.ts';
import { loadSchemas } from '../kubernetes/load-schemas.ts';
import { type Version, versionOf } from './history.ts';
import { ValueText } from './value-text.tsx';
import type { WritePlan } from './write-plan.ts';

interface AbsentKeyProps {
  readonly name: Uint8Array<ArrayBuffer>;
  /** The revision at which the key was not there. */
  readonly revision: string;
  /** Absent: the page may not write. */
  readonly onPlan: ((plan: WritePlan) => void) | undefined;
}

/** A key that is not there. Its value at an older revision may still be. */
export function AbsentKey({ name, revision, onPlan }: AbsentKeyProps) {
  const [found, setFound] = useState<Version>();
  const [message, setMessage] = useState<string>();
  const look = async (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = String(new FormData(event.currentTarget as HTMLFormElement).get('revision'));
    setFound(undefined);
    setMessage(undefined);
    try {
      const { kvs } = await call<RangeReply>('kv/range', { key: base64OfBytes(name), revision: wanted });
      if (kvs?.[0] === undefined) setMessage(`The key did not exist at revision ${wanted}.`);
      else setFound(await versionOf(kvs[0], loadSchemas));
    } catch (error) {
      setMessage((error as Error).message);
    }
  };
  return (
    <>
      <p class="notice plain" role="status">
        There is no such key at revision {revision}.
      </p>
      <form class="bar" onSubmit={look}>
        <label class="inline">
          Its value at revision
          <input name="revision" inputMode="numeric" pattern="[1-9][0-9]*" required defaultValue={before(revision)} />
        </label>
        <button type="submit">Look</button>
        {found !== undefined && onPlan !== undefined && (
          <button
            type="button"
            onClick={() => onPlan({ key: name, value: found.bytes, seen: undefined, restores: found.modRevision })}
          >
            Restore revision {found.modRevision} …
          </button>
        )}
      </form>
      {message !== undefined && <p role="alert">{message}</p>}
      {found !== undefined && <ValueText bytes={found.bytes} decoded={found.decoded} />}
    </>
  );
}

function before(revision: string): string {
  return String(BigInt(revision) > 1n ? BigInt(revision) - 1n : 1n);
}

import { useEffect, useState } from 'preact/hooks';
import { call, type RangeReply } from '../api.ts';
import { base64OfBytes } from '../bytes.ts';
import { loadSchemas } from '../kubernetes/load-schemas.ts';
import { Failure } from '../parts/failure.tsx';
import { DiffView } from './diff-view.tsx';
import { type HistoryEnd, olderVersions, type Version } from './history.ts';
import { formsOf, textOfForm } from './value-forms.ts';

/** Versions that are read at a time. Each is one request. */
const versionsPerLoad = 10;

interface HistoryViewProps {
  readonly name: Uint8Array<ArrayBuffer>;
  readonly current: Version;
  /** Absent: the page may not write. */
  readonly onRestore: ((version: Version) => void) | undefined;
}

/** The versions of a key, and two of them side by side. */
export function HistoryView({ name, current, onRestore }: HistoryViewProps) {
  const { versions, end, error, isLoading, loadMore } = useVersions(name, current);
  const [afterRevision, setAfter] = useState(current.modRevision);
  const [beforeRevision, setBefore] = useState<string>();
  const after = versions.find(({ modRevision }) => modRevision === afterRevision) ?? current;
  const before =
    versions.find(({ modRevision }) => modRevision === beforeRevision) ?? versions[versions.indexOf(after) + 1];
  return (
    <section>
      <h2>History</h2>
      <div class="bar">
        <VersionChoice label="Before" versions={versions} chosen={before ?? after} onChoose={setBefore} />
        <VersionChoice label="After" versions={versions} chosen={after} onChoose={setAfter} />
        {end === undefined && (
          <button type="button" disabled={isLoading} onClick={loadMore}>
            Older versions
          </button>
        )}
        {onRestore !== undefined && before !== undefined && before !== current && (
          <button type="button" onClick={() => onRestore(before)}>
            Restore revision {before.modRevision} …
          </button>
        )}
      </div>
      <p class="quiet" role="status">
        {isLoading ? 'Loading …' : endText(versions.length, end)}
      </p>
      {error !== undefined && <Failure error={error} onRetry={loadMore} />}
      {before !== undefined && (
        <DiffView
          before={textOf(before)}
          after={textOf(after)}
          titles={[`revision ${before.modRevision}`, `revision ${after.modRevision}`]}
        />
      )}
    </section>
  );
}

interface VersionChoiceProps {
  readonly label: string;
  readonly versions: readonly Version[];
  readonly chosen: Version;
  readonly onChoose: (modRevision: string) => void;
}

function VersionChoice({ label, versions, chosen, onChoose }: VersionChoiceProps) {
  return (
    <label class="inline">
      {label}
      <select value={chosen.modRevision} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {versions.map(({ modRevision, version }, index) => (
          <option key={modRevision} value={modRevision}>
            revision {modRevision}, version {version}
            {index === 0 ? ' (now)' : ''}
          </option>
        ))}
      </select>
    </label>
  );
}

function useVersions(name: Uint8Array<ArrayBuffer>, current: Version) {
  const [versions, setVersions] = useState<readonly Version[]>([current]);
  const [end, setEnd] = useState<HistoryEnd>();
  const [error, setError] = useState<Error>();
  const [isLoading, setLoading] = useState(false);
  const [ending] = useState(() => new AbortController());
  const loadMore = async () => {
    const { signal } = ending;
    setLoading(true);
    setError(undefined);
    try {
      const older = await olderVersions(base64OfBytes(name), {
        than: versions.at(-1) ?? current,
        countMax: versionsPerLoad,
        range: (request) => call<RangeReply>('kv/range', request, { signal }),
        load: loadSchemas,
      });
      if (signal.aborted) return;
      setVersions([...versions, ...older.versions]);
      setEnd(older.end);
    } catch (failure) {
      if (!signal.aborted) setError(failure as Error);
    } finally {
      if (!signal.aborted) setLoading(false);
    }
  };
  useEffect(() => {
    void loadMore();
    return () => ending.abort();
  }, []);
  return { versions, end, error, isLoading, loadMore };
}

function endText(count: number, end: HistoryEnd | undefined): string {
  const versions = count === 1 ? '1 version' : `${count} versions`;
  switch (end) {
    case 'created':
      return `${versions}, back to the creation of the key.`;
    case 'compacted':
      return `${versions}. Older ones were compacted and cannot be read any more.`;
    case undefined:
      return `The newest ${versions}.`;
  }
}

/** The form in which lines are compared: the best one that the value has. */
function textOf({ bytes, decoded }: Version): string {
  const [best = 'hex'] = formsOf(decoded);
  return textOfForm(best, bytes, decoded);
}

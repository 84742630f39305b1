import { useState } from 'preact/hooks';
import { call } from '../api.ts';
import { ApiError } from '../api-error.ts';
import { bytesOfBase64, shownBytes } from '../bytes.ts';
import { Failure } from '../parts/failure.tsx';
import { hexId } from '../parts/hex-id.ts';
import { counted, countText, secondsText } from '../parts/quantities.ts';
import { Table } from '../parts/table.tsx';
import { useRefreshed } from '../parts/use-refreshed.ts';
import { addressOf } from '../route.ts';
import { Pages } from './pages.tsx';
import { refreshMs } from './refresh.ts';
import type { LeasesReply, TimeToLiveReply } from './replies.ts';

/** The list of all leases is read less often than the page: 100,000 leases are megabytes. */
const listRefreshMs = 60_000;

/** Each lease of a page takes one request. */
const leasesOfPage = 20;

/** Keys of a lease that are listed at once. */
const keysShown = 5;

/** All leases, the one that ends next first, a page at a time with their keys. */
export function LeaseSection() {
  const { value, error, reload } = useRefreshed(
    (signal) => call<LeasesReply>('lease/leases', {}, { signal }),
    listRefreshMs,
  );
  const ids = (value?.leases ?? []).map(({ ID }) => ID);
  return (
    <section aria-labelledby="leases">
      <h2 id="leases">Leases{value !== undefined && ` (${countText(ids.length)})`}</h2>
      {error !== undefined && <LeasesFailure error={error} onRetry={reload} />}
      {value !== undefined && ids.length === 0 && <p class="quiet">There are no leases.</p>}
      {ids.length > 0 && (
        <Pages label="Pages of leases" items={ids} itemsOfPage={leasesOfPage}>
          {(page) => <LeasePage key={page.join()} ids={page} />}
        </Pages>
      )}
    </section>
  );
}

/** As in etcd, a user lists the leases only if it may read all keys on them. */
function LeasesFailure({ error, onRetry }: { readonly error: Error; readonly onRetry: () => void }) {
  if (!(error instanceof ApiError && error.isDenied)) return <Failure error={error} onRetry={onRetry} />;
  return (
    <div class="notice" role="alert">
      <p>You have no right to see all leases: one of them has a key that you may not read.</p>
    </div>
  );
}

type Found = TimeToLiveReply | { readonly ID: string; readonly error: Error };

function LeasePage({ ids }: { readonly ids: readonly string[] }) {
  const { value: leases } = useRefreshed((signal) => Promise.all(ids.map((id) => readLease(id, signal))), refreshMs);
  if (leases === undefined) return <p class="quiet">Reading {counted(ids.length, 'lease')}.</p>;
  return (
    <Table label="Table of leases" columns={['Lease', { number: 'Time left' }, { number: 'Granted' }, 'Keys']}>
      {leases.map((lease) => (
        <LeaseRow key={lease.ID} lease={lease} />
      ))}
    </Table>
  );
}

/** A lease with a key that the user may not read is refused alone; the others are shown. */
async function readLease(id: string, signal: AbortSignal): Promise<Found> {
  try {
    return await call<TimeToLiveReply>('lease/timetolive', { ID: id, keys: true }, { signal });
  } catch (error) {
    if (signal.aborted) throw error;
    return { ID: id, error: error as Error };
  }
}

function LeaseRow({ lease }: { readonly lease: Found }) {
  const id = (
    <th scope="row" class="mono">
      {hexId(lease.ID)}
    </th>
  );
  if ('error' in lease)
    return (
      <tr>
        {id}
        <td colSpan={3} class="quiet">
          {lease.error instanceof ApiError && lease.error.isDenied
            ? 'It has a key that you have no right to read.'
            : lease.error.message}
        </td>
      </tr>
    );
  const { TTL = '0', grantedTTL = '0', keys = [] } = lease;
  return (
    <tr>
      {id}
      <td class="number">{TTL === '-1' ? 'ended' : secondsText(Number(TTL))}</td>
      <td class="number">{secondsText(Number(grantedTTL))}</td>
      <td class="mono">
        <Keys keys={keys} />
      </td>
    </tr>
  );
}

function Keys({ keys }: { readonly keys: readonly string[] }) {
  const [showsAll, setShowsAll] = useState(false);
  if (keys.length === 0) return <span class="quiet">none</span>;
  const listed = showsAll ? keys : keys.slice(0, keysShown);
  return (
    <>
      <ul class="plain">
        {listed.map((key) => {
          const bytes = bytesOfBase64(key);
          return (
            <li key={key}>
              <a href={addressOf('value', bytes)}>{shownBytes(bytes)}</a>
            </li>
          );
        })}
      </ul>
      {listed.length < keys.length && (
        <button type="button" onClick={() => setShowsAll(true)}>
          Show {counted(keys.length - listed.length, 'further key')}
        </button>
      )}
    </>
  );
}

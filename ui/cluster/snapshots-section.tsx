import type { ListedSnapshot, SnapshotsReply } from '../../src/server/ui/replies.ts';
import { data } from '../api.ts';
import { bytesText, counted, countText, dateText } from '../parts/quantities.ts';
import { RootOnly } from '../parts/root-only.tsx';
import { Table } from '../parts/table.tsx';
import { useRefreshed } from '../parts/use-refreshed.ts';
import { Fact } from './instance-section.tsx';
import { listRefreshMs } from './refresh.ts';

/** Snapshots by schedule, in the folder and in the bucket. */
export function SnapshotsSection() {
  const { value, error, reload } = useRefreshed(
    (signal) => data<SnapshotsReply>('snapshots', { signal }),
    listRefreshMs,
  );
  return (
    <section aria-labelledby="snapshots">
      <h2 id="snapshots">Snapshots</h2>
      {error !== undefined && <RootOnly error={error} what="snapshots" onRetry={reload} />}
      {value !== undefined &&
        (value.schedule === null ? (
          <p class="quiet">This server takes no snapshots by schedule.</p>
        ) : (
          <>
            <Schedule schedule={value.schedule} />
            <List {...value} />
          </>
        ))}
    </section>
  );
}

function Schedule({ schedule }: { readonly schedule: NonNullable<SnapshotsReply['schedule']> }) {
  const { nextUnixMs, isRunning, lastError } = schedule;
  return (
    <>
      <dl class="facts">
        <Fact name="Next">{nextUnixMs === null ? 'none' : dateText(nextUnixMs)}</Fact>
        <Fact name="Now">{isRunning ? 'a snapshot is being taken' : 'idle'}</Fact>
      </dl>
      {lastError !== null && (
        <div class="notice" role="alert">
          <p>
            {dateText(lastError.atMs)}: {lastError.text}
          </p>
        </div>
      )}
    </>
  );
}

function List({ newestFirst, olderCount, failure }: SnapshotsReply) {
  if (failure !== null) {
    return (
      <div class="notice" role="alert">
        <p>The snapshots cannot be listed: {failure}</p>
      </div>
    );
  }
  if (newestFirst.length === 0) return <p class="quiet">No snapshot has been taken yet.</p>;
  return (
    <>
      <Table
        label="Table of snapshots"
        columns={['Saved', 'Place', 'Name', { number: 'Revision' }, { number: 'Size' }]}
      >
        {newestFirst.map((snapshot) => (
          <Row key={snapshot.location} snapshot={snapshot} />
        ))}
      </Table>
      {olderCount > 0 && <p class="quiet">{counted(olderCount, 'older snapshot')} not shown.</p>}
    </>
  );
}

function Row({ snapshot: { name, place, atMs, bytes, revision } }: { readonly snapshot: ListedSnapshot }) {
  return (
    <tr>
      <td>{dateText(atMs)}</td>
      <td>{place}</td>
      <th scope="row" class="mono">
        {name}
      </th>
      <td class="number">{countText(revision)}</td>
      <td class="number">{bytesText(bytes)}</td>
    </tr>
  );
}

import type { ClusterReply, SlowCall } from '../../src/server/ui/replies.ts';
import { data } from '../api.ts';
import { counted, countText, dateText, millisecondsText, secondsText } from '../parts/quantities.ts';
import { RootOnly } from '../parts/root-only.tsx';
import { Table } from '../parts/table.tsx';
import { useRefreshed } from '../parts/use-refreshed.ts';
import { Fact } from './instance-section.tsx';
import { Pages } from './pages.tsx';
import { refreshMs } from './refresh.ts';

/** What only this server has: compaction and slow requests. */
export function ServerSection() {
  const { value, error, reload } = useRefreshed((signal) => data<ClusterReply>('cluster', { signal }), refreshMs);
  return (
    <>
      {error !== undefined && <RootOnly error={error} what="compaction and slow requests" onRetry={reload} />}
      {value !== undefined && (
        <>
          <Instance instance={value.instance} />
          <Compaction compaction={value.compaction} />
          <SlowRequests slowCalls={value.slowCalls} />
        </>
      )}
    </>
  );
}

function Instance({ instance }: Pick<ClusterReply, 'instance'>) {
  return (
    <section aria-labelledby="instance">
      <h2 id="instance">This instance</h2>
      <dl class="facts">
        <Fact name="tine">{instance.tineVersion}</Fact>
        <Fact name="Database">{instance.database}</Fact>
        <Fact name="Running for">{secondsText(instance.uptimeSeconds)}</Fact>
      </dl>
    </section>
  );
}

function Compaction({ compaction }: Pick<ClusterReply, 'compaction'>) {
  const { revision, compactRevision, isRunning, rowsLeft, lastUnixSeconds, automatic } = compaction;
  return (
    <section aria-labelledby="compaction">
      <h2 id="compaction">Compaction</h2>
      <dl class="facts">
        <Fact name="Compacted up to">
          {compactRevision === 0 ? 'nothing yet' : `revision ${countText(compactRevision)}`}
        </Fact>
        <Fact name="History">{counted(revision - compactRevision, 'revision')}</Fact>
        <Fact name="Deletion">
          {isRunning ? `running, ${counted(rowsLeft, 'row')} to process` : 'no compacted rows wait'}
        </Fact>
        <Fact name="Last here">
          {lastUnixSeconds === null ? 'none since the start' : dateText(lastUnixSeconds * 1_000)}
        </Fact>
        <Fact name="Automatic">{automaticText(automatic)}</Fact>
      </dl>
    </section>
  );
}

function automaticText(automatic: ClusterReply['compaction']['automatic']): string {
  switch (automatic.kind) {
    case 'off':
      return 'off; clients compact';
    case 'periodic':
      return `keeps ${secondsText(automatic.retentionMs / 1_000)}`;
    case 'revision':
      return `keeps ${counted(automatic.retentionRevisions, 'revision')}`;
  }
}

/** A screen full. */
const slowOfPage = 10;

function SlowRequests({ slowCalls: { slowMs, newestFirst } }: Pick<ClusterReply, 'slowCalls'>) {
  return (
    <section aria-labelledby="slow">
      <h2 id="slow">Slow requests</h2>
      {newestFirst.length === 0 ? (
        <p class="quiet">No request has taken longer than {millisecondsText(slowMs)} since the start.</p>
      ) : (
        <>
          <p class="quiet">
            The newest {newestFirst.length} that took longer than {millisecondsText(slowMs)}.
          </p>
          <Pages label="Pages of slow requests" items={newestFirst} itemsOfPage={slowOfPage}>
            {(page) => <SlowTable page={page} />}
          </Pages>
        </>
      )}
    </section>
  );
}

function SlowTable({ page }: { readonly page: readonly SlowCall[] }) {
  return (
    <Table
      label="Table of slow requests"
      columns={['Ended', 'Method', { number: 'Took' }, 'Result', 'Client', 'Request']}
    >
      {page.map(({ endedUnixMs, method, tookMs, code, peer, about }) => (
        <tr key={`${endedUnixMs} ${peer} ${tookMs}`}>
          <td class="narrow">{dateText(endedUnixMs)}</td>
          <td>{method.slice(method.lastIndexOf('/') + 1)}</td>
          <td class="number narrow">{millisecondsText(tookMs)}</td>
          <td>{code}</td>
          <td class="mono narrow">{peer}</td>
          <td class="mono key">{about}</td>
        </tr>
      ))}
    </Table>
  );
}

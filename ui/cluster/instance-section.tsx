import type { ComponentChildren } from 'preact';
import { call } from '../api.ts';
import { Failure } from '../parts/failure.tsx';
import { hexId } from '../parts/hex-id.ts';
import { bytesText, countText } from '../parts/quantities.ts';
import { Table } from '../parts/table.tsx';
import { useRefreshed } from '../parts/use-refreshed.ts';
import { refreshMs } from './refresh.ts';
import type { AlarmReply, MemberListReply, StatusReply } from './replies.ts';

interface State {
  readonly status: StatusReply;
  readonly members: MemberListReply;
  readonly alarms: AlarmReply;
}

/** What every signed-in user may see: the status of this instance, the members, the alarms. */
export function InstanceSection() {
  const { value, error, reload } = useRefreshed(readState, refreshMs);
  return (
    <>
      {error !== undefined && <Failure error={error} onRetry={reload} />}
      {value !== undefined && (
        <>
          <Alarms alarms={value.alarms} />
          <Status status={value.status} />
          <Members {...value} />
        </>
      )}
    </>
  );
}

async function readState(signal: AbortSignal): Promise<State> {
  const [status, members, alarms] = await Promise.all([
    call<StatusReply>('maintenance/status', {}, { signal }),
    call<MemberListReply>('cluster/member/list', { linearizable: true }, { signal }),
    call<AlarmReply>('maintenance/alarm', { action: 'GET' }, { signal }),
  ]);
  return { status, members, alarms };
}

const alarmTexts: Readonly<Record<string, string>> = {
  NOSPACE: 'NOSPACE: puts and new leases are refused, because the database has reached its quota or its disk is full.',
  CORRUPT:
    'CORRUPT: writes are refused and reads are answered. The database files were removed or replaced, or a client raised the alarm, for example tine copy with --cutover.',
};

function Alarms({ alarms: { alarms = [] } }: { readonly alarms: AlarmReply }) {
  if (alarms.length === 0)
    return (
      <p>
        <span class="good">No alarm is active.</span>
      </p>
    );
  return (
    <div class="notice" role="alert">
      {alarms.map(({ memberID = '0', alarm = 'NONE' }) => (
        <p key={`${memberID} ${alarm}`}>
          {alarmTexts[alarm] ?? alarm} Raised by member <span class="mono">{hexId(memberID)}</span>.
        </p>
      ))}
    </div>
  );
}

function Status({ status }: { readonly status: StatusReply }) {
  const { header, version, dbSize = '0', dbSizeInUse = '0', dbSizeQuota = '0' } = status;
  return (
    <section aria-labelledby="status">
      <h2 id="status">Status</h2>
      <dl class="facts">
        <Fact name="Revision">{countText(Number(header.revision ?? 0))}</Fact>
        <Fact name="Database">
          {bytesText(Number(dbSize))}, {bytesText(Number(dbSizeInUse))} in use
        </Fact>
        <Fact name="Quota">{Number(dbSizeQuota) > 0 ? bytesText(Number(dbSizeQuota)) : 'none'}</Fact>
        <Fact name="etcd version">{version ?? 'unknown'}</Fact>
        <Fact name="Cluster">
          <span class="mono">{hexId(header.cluster_id ?? '0')}</span>
        </Fact>
      </dl>
    </section>
  );
}

/** A name and its value in a list of facts. */
export function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Members({ status, members: { members = [] } }: State) {
  return (
    <section aria-labelledby="members">
      <h2 id="members">Members</h2>
      <Table label="Table of members" columns={['Name', 'ID', 'Addresses for clients', 'Role']}>
        {members.map(({ ID, name = '', clientURLs = [] }) => (
          <tr key={ID}>
            <th scope="row">{name}</th>
            <td class="mono">{hexId(ID)}</td>
            <td class="mono">{clientURLs.join(', ')}</td>
            <td>{rolesOf(ID, status).join(', ')}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}

function rolesOf(id: string, { leader, header }: StatusReply): readonly string[] {
  return [...(id === leader ? ['leader'] : []), ...(id === header.member_id ? ['this instance'] : [])];
}

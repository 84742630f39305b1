/** Reports what a copy leaves out. */
import type { OfflineDatabase } from '../../drivers/offline.ts';
import { OutageError } from '../../errors.ts';
import { Auth } from '../../wire/generated/etcdserverpb/auth.ts';
import { AlarmAction, Maintenance } from '../../wire/generated/etcdserverpb/maintenance.ts';
import { numberOf, tableFacts } from '../table-facts.ts';
import type { EtcdClient } from './etcd-client.ts';
import type { Progress } from './progress.ts';

/**
 * Users, roles and alarms of a server are not copied: its API does not return the hashes of
 * passwords. A kine has none.
 */
export async function noteLeftOutOfServer(source: EtcdClient, { print }: Progress): Promise<void> {
  const { enabled } = await found(source.call(Auth.methods.authStatus, {}), { enabled: false });
  const { users } = await found(source.call(Auth.methods.userList, {}), { users: [] });
  const { roles } = await found(source.call(Auth.methods.roleList, {}), { roles: [] });
  // A user who is not root may not read the state of auth.
  const isOn = enabled || source.hasUser;
  if (isOn || users.length + roles.length > 0)
    print(
      `${source.name}: ${isOn ? 'auth is on; ' : ''}users and roles are not copied: create them in the target before clients move`,
    );
  const { alarms } = await found(source.call(Maintenance.methods.alarm, { action: AlarmAction.GET }), { alarms: [] });
  noteAlarms(source.name, alarms.length, print);
}

/** Alarms describe the members of the source. */
export async function noteLeftOutOfDatabase(source: OfflineDatabase, { print }: Progress): Promise<void> {
  const { tables } = await tableFacts(source);
  if (!tables.has('tine_alarm')) return;
  noteAlarms(source.name, numberOf(await source.value('SELECT COUNT(*) FROM tine_alarm')), print);
}

function noteAlarms(name: string, count: number, print: Progress['print']): void {
  if (count > 0) print(`${name}: alarms are not copied (${count})`);
}

/** A reply, or what a server has that refuses the call. */
async function found<Reply, Default>(reply: Promise<Reply>, none: Default): Promise<Reply | Default> {
  try {
    return await reply;
  } catch (error) {
    if (error instanceof OutageError) throw error;
    return none;
  }
}

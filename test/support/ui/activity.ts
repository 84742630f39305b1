/** What a small cluster does all the time, for pictures of the views that show work. */
import { setTimeout as pause } from 'node:timers/promises';
import type { EtcdClient } from '../client.ts';

const nodeCount = 30;
const podCount = 60;
const stepMs = 25;

/** Works until `stop`: leases of nodes, lists, a watch; pods are created, changed and deleted. */
export async function startActivity(client: EtcdClient): Promise<{ stop(): Promise<void> }> {
  let isStopped = false;
  const watch = client.watch();
  await watch.create({ key: '/registry/', range_end: '/registry0' });
  for (let node = 0; node < nodeCount; node += 1) {
    const { ID } = await client.leaseGrant({ TTL: 3_600 + 40 * node });
    await client.put({ key: `/registry/leases/kube-node-lease/node-${node}`, value: 'holder', lease: ID });
  }
  const done = work();
  return {
    stop: async () => {
      isStopped = true;
      watch.close();
      await done;
    },
  };

  async function work(): Promise<void> {
    for (let step = 0; !isStopped; step += 1) {
      await Promise.all(requestsOf(step, client));
      await pause(stepMs + 15 * Math.sin(step / 300));
    }
  }
}

/** The requests of one step, at the same time. */
function requestsOf(step: number, client: EtcdClient): readonly Promise<unknown>[] {
  const pod = `/registry/pods/shop/job-${step % podCount}`;
  const status = `{"kind":"Pod","metadata":{"name":"job-${step % podCount}"},"status":{"phase":"Running","step":${step}}}`;
  const write =
    step % 7 === 3
      ? client.deleteRange({ key: pod })
      : client.txn({ success: [{ request_put: { key: pod, value: status } }] });
  return [
    write,
    client.range({ key: '/registry/pods/shop/web-003' }),
    ...(step % 3 === 0 ? [client.put({ key: `/registry/events/shop/event-${step % 500}`, value: status })] : []),
    ...(step % 20 === 0 ? [client.range({ key: '/registry/pods/', range_end: '/registry/pods0', limit: 50 })] : []),
  ];
}

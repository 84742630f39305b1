import { InstanceSection } from '../cluster/instance-section.tsx';
import { LeaseSection } from '../cluster/lease-section.tsx';
import { ServerSection } from '../cluster/server-section.tsx';
import { SnapshotsSection } from '../cluster/snapshots-section.tsx';

/** Members, leases and the state of the server. Each part needs different rights. */
export function ClusterView() {
  return (
    <>
      <h1>Cluster</h1>
      <InstanceSection />
      <LeaseSection />
      <ServerSection />
      <SnapshotsSection />
    </>
  );
}

import { lines, type Step } from '../step.ts';

export const maintenanceScript: readonly Step[] = lines(`
  alarm list
  alarm list argument
  alarm disarm
  alarm disarm argument
  alarm
  defrag
  defrag --cluster
  move-leader
  move-leader nothex
  move-leader 123
  move-leader {member}
  snapshot
  snapshot save
  snapshot save {file:missing/snapshot.db}
  snapshot save {file:snapshot.db}
  snapshot save {file:again.db} --command-timeout=20s
  snapshot save {file:a.db} {file:b.db}
  downgrade
  downgrade validate
  downgrade validate 3.6
  downgrade validate 3.6.0
  downgrade validate 3.5.0
  downgrade validate 3.7.0
  downgrade validate 3.8.0
  downgrade validate 2.0.0
  downgrade validate nonsense
  downgrade validate 3.6.0 3.5.0
  downgrade enable
  downgrade enable nonsense
  downgrade enable 3.5.0
  downgrade cancel
`);

import { lines, run, type Step } from '../step.ts';

export const maintenanceScript: readonly Step[] = [
  // A client of 3.4 panics where an older server's reply has no header.
  run('alarm list', { since: '3.5' }),
  ...lines(`
  alarm list argument
  alarm disarm
  alarm disarm argument
  alarm
  move-leader
  move-leader nothex
  downgrade
  downgrade validate
  downgrade validate 3.6.0 3.5.0
  downgrade enable
  snapshot
  snapshot save
  snapshot save {file:a.db} {file:b.db}
`),
];

import { compaction } from './compaction.ts';
import { history } from './history.ts';
import { large } from './large.ts';
import { leases } from './leases.ts';
import type { Scenario } from './scenario.ts';
import { size } from './size.ts';
import { start } from './start.ts';
import { watchers } from './watchers.ts';

/** The scenarios by the name that the command line takes. */
export const scenarios: Readonly<Record<string, Scenario>> = {
  history,
  large,
  start,
  size,
  compaction,
  watchers,
  leases,
};

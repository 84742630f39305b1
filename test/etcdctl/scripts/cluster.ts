import { lines, type Step } from '../step.ts';

const endpoints: readonly Step[] = lines(`
  endpoint health
  endpoint health --cluster
  endpoint health --write-out=table
  endpoint
`);

const members: readonly Step[] = lines(`
  member list
  member list --write-out=table
  member list --hex
  member list --consistency=s
  member
  member add
  member add other
  member add other more --peer-urls=http://127.0.0.1:2
  member remove
  member remove nothex
  member update
  member update {member}
  member update nothex --peer-urls=http://127.0.0.1:2
  member promote
  member promote nothex
`);

export const clusterScript: readonly Step[] = [...endpoints, ...members];

import { lines, run, type Step } from '../step.ts';

const endpoints: readonly Step[] = lines(`
  endpoint health
  endpoint health --cluster
  endpoint health --write-out=table
  endpoint
  endpoint status
  endpoint status --cluster
  endpoint status --write-out=table
  endpoint status --write-out=table --cluster
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
  member add other --peer-urls=nonsense
  member remove
  member remove 123
  member remove nothex
  member update
  member update {member}
  member update 123 --peer-urls=http://127.0.0.1:2
  member update nothex --peer-urls=http://127.0.0.1:2
  member promote
  member promote nothex
  member promote 123
  member promote {member}
`);

export const clusterScript: readonly Step[] = [...endpoints, ...members];

/** The last script, because etcd has another member and another version afterwards. */
export const membershipScript: readonly Step[] = [
  run('member update {member} --peer-urls=http://127.0.0.1:3', { differs: 'changes of members' }),
  run('member add other --learner --peer-urls=http://127.0.0.1:2', { differs: 'changes of members' }),
  run('downgrade enable 3.6.0', { differs: 'downgrades' }),
];

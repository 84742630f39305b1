import { lines, type Step } from '../step.ts';

export const hashScript: readonly Step[] = lines(`
  endpoint hashkv
  endpoint hashkv --cluster
  endpoint hashkv --write-out=table
  endpoint hashkv --rev={revision-1}
  endpoint hashkv --rev=99999999
  endpoint hashkv --rev=1
  put hash/a 1
  put hash/a 2
  put hash/b 3
  del hash/a
  endpoint hashkv
  endpoint hashkv --rev={revision-1}
  endpoint hashkv --rev={revision-2}
  compaction {revision-1} --physical
  endpoint hashkv
  put hash/c 4
  endpoint hashkv
`);

/** A difference between etcd's and tine's output of etcdctl. */
export interface NamedDifference {
  readonly name: string;
  /** Why it is not an error. docs/differences.md has the same text. */
  readonly reason: string;
  /** Replacements before outputs are compared. Empty if the run computes the replacement itself. */
  readonly replacements: readonly (readonly [pattern: RegExp, replacement: string])[];
}

/**
 * All differences from etcd 3.7. All other output of etcdctl is equal to the byte.
 * docs/differences.md lists the same differences, and a test keeps the two lists equal.
 */
export const namedDifferences: readonly NamedDifference[] = [
  {
    name: 'addresses and files',
    reason: 'Each server listens on an address of its own, and each run saves into a directory of its own.',
    replacements: [],
  },
  {
    name: 'ids of cluster and members',
    reason:
      'etcd derives them from its peer URLs. The database of tine keeps that of the cluster, a random number, and an instance derives its own from its name and its client URLs.',
    replacements: [
      // A reply is a byte longer where its ids are larger.
      [/received message larger than max \(\d+ vs/g, 'received message larger than max (# vs'],
    ],
  },
  {
    name: 'ids of leases',
    reason:
      'A lease granted without an id gets one that the server draws. Outputs are compared with the lease that is meant.',
    replacements: [],
  },
  {
    name: 'peer URLs',
    reason:
      'Instances of tine do not speak with each other: they meet in the database. Their client URLs stand for peer URLs.',
    replacements: [
      [/"peerURLs":\["https?:\/\/(?:127\.0\.0\.1:1|<endpoint>)"\]/g, '"peerURLs":["#"]'],
      [/"PeerURL" : "https?:\/\/(?:127\.0\.0\.1:1|<endpoint>)"/g, '"PeerURL" : "#"'],
      [/("peerURLs": \[\n +)"https?:\/\/(?:127\.0\.0\.1:1|<endpoint>)"/g, '$1"#"'],
      [/(started(?:,| │) \S+?(,| │)) https?:\/\/(?:127\.0\.0\.1:1|<endpoint>)\2/g, '$1 #$2'],
    ],
  },
  {
    name: 'changes of members',
    reason:
      'An instance is a member as soon as it is started on the database, and none when it is stopped: `member add` and `member update` say so. See cluster.md.',
    replacements: [],
  },
  {
    name: 'downgrades',
    reason:
      '`downgrade enable` prepares the files of etcd for an older version. There are none here: it is refused where etcd would begin.',
    replacements: [],
  },
  {
    name: 'raft term and raft indexes',
    reason: 'There is no raft log in tine. Its term never changes, and its indexes are the number of the newest row.',
    replacements: [
      [/"(raft_term|raftTerm|raft_index|raftIndex|raft_applied_index|raftAppliedIndex)":"?\d+"?/g, '"$1":#'],
      [/"(RaftTerm|RaftIndex|RaftAppliedIndex)" : \d+/g, '"$1" : #'],
      [/ "raft_term": "\d+"/g, ' "raft_term": "#"'],
      // Term, index and applied index. They follow whether the member is the leader, and whether it
      // is a learner.
      [/((?:true|false)(,| │) (?:true|false)\2) \d+\2 \d+\2 \d+\2/g, '$1 #$2 #$2 #$2'],
    ],
  },
  {
    name: 'sizes of the database',
    reason: 'Each database keeps the same keys in its own way.',
    replacements: [
      [/"(dbSize|dbSizeInUse)":"?\d+"?/g, '"$1":#'],
      [/"(DBSize|DBSizeInUse)" : \d+/g, '"$1" : #'],
      // The size of the database, and the size in use. The quota after them is compared.
      [/(\d\.\d\.\d(?:,| │)) [\d.]+ [kMG]?B(,| │) [\d.]+ [kMG]?B\2 \d+%/g, '$1 #$2 #$2 #%'],
      [/"size":"[\d.]+ [kMG]?B"/g, '"size":"#"'],
    ],
  },
  {
    name: 'times',
    reason: 'How long a command took, and how much of its time a lease had left when it was asked.',
    replacements: [
      [/│ [\d.]+(?:ns|µs|ms|s) │/g, '│ # │'],
      [/remaining\(\d+s\)/g, 'remaining(#)'],
      [/"ttl":\d+,"granted-ttl"/g, '"ttl":#,"granted-ttl"'],
      [/"TTL" : \d+\n"GrantedTTL"/g, '"TTL" : #\n"GrantedTTL"'],
      [/(took[ =:]+"?|"took":")[\d.]+(ns|µs|\\xc2\\xb5s|ms|s)/g, '$1#'],
      [/"Took" : [\d.µa-z\\]+/g, '"Took" : #'],
    ],
  },
  {
    name: "etcdctl's log",
    reason: 'etcdctl writes the time, its own port and addresses of its memory into the lines it logs.',
    replacements: [
      [/"ts":"[^"]*"/g, '"ts":"#"'],
      [/0x[0-9a-f]{6,}/g, '0x#'],
      [/client-[0-9a-f-]{36}/g, 'client-#'],
      [/LocalAddr: '127\.0\.0\.1:\d+'/g, "LocalAddr: '#'"],
    ],
  },
];

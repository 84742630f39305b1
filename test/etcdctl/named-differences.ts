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
    reason: 'Each server has its own address, and each run saves into its own directory.',
    replacements: [],
  },
  {
    name: 'ids of cluster and members',
    reason:
      'etcd derives its ids from its peer URLs. The id of a tine cluster is a random number in its database. An instance derives its member id from its name and its client URLs.',
    replacements: [
      // A reply with larger ids is longer.
      [/received message larger than max \(\d+ vs/g, 'received message larger than max (# vs'],
    ],
  },
  {
    name: 'ids of leases',
    reason: 'If a lease is granted without an id, the server chooses a random one. The comparison replaces it.',
    replacements: [],
  },
  {
    name: 'peer URLs',
    reason:
      'Instances of tine communicate through the database, so they have no peer URLs. They report their client URLs instead.',
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
      'An instance is a member while it runs on the database. `member add` and `member update` are refused with a reason. See cluster.md.',
    replacements: [],
  },
  {
    name: 'downgrades',
    reason:
      '`downgrade enable` prepares the files of etcd for an older version. tine has no such files, so it refuses the command where etcd would begin.',
    replacements: [],
  },
  {
    name: 'raft term and raft indexes',
    reason: 'tine has no Raft log. Its term never changes, and its indexes are the id of the newest row.',
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
    reason: 'etcd and tine store the same keys in different formats.',
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
    reason: 'The duration of a command, and the remaining time of a lease.',
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
    reason: 'etcdctl logs the time, its own port and memory addresses.',
    replacements: [
      [/"ts":"[^"]*"/g, '"ts":"#"'],
      [/0x[0-9a-f]{6,}/g, '0x#'],
      [/client-[0-9a-f-]{36}/g, 'client-#'],
      [/LocalAddr: '127\.0\.0\.1:\d+'/g, "LocalAddr: '#'"],
    ],
  },
];

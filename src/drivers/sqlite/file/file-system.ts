/** Names the file system of a directory, by the number that Linux gives each kind. */
import type { FileSystem } from '../../storage-facts.ts';

const known: Readonly<Record<number, FileSystem>> = {
  61267: { name: 'ext4', kind: 'disk' },
  1481003842: { name: 'XFS', kind: 'disk' },
  2435016766: { name: 'Btrfs', kind: 'disk' },
  801189825: { name: 'ZFS', kind: 'disk' },
  4076150800: { name: 'F2FS', kind: 'disk' },
  26985: { name: 'NFS', kind: 'network' },
  20859: { name: 'SMB', kind: 'network' },
  4283649346: { name: 'CIFS', kind: 'network' },
  4266872130: { name: 'SMB2', kind: 'network' },
  12805120: { name: 'CephFS', kind: 'network' },
  1397113167: { name: 'AFS', kind: 'network' },
  198183888: { name: 'Lustre', kind: 'network' },
  18225520: { name: 'GFS2', kind: 'network' },
  1952539503: { name: 'OCFS2', kind: 'network' },
  16914839: { name: '9p', kind: 'network' },
  16914836: { name: 'tmpfs', kind: 'memory' },
  2240043254: { name: 'ramfs', kind: 'memory' },
  2035054128: { name: 'overlay', kind: 'container' },
};

/** `type`: the number in the result of `statfs`. Other systems than Linux have other numbers. */
export function fileSystemOf(type: number): FileSystem {
  const number = type >>> 0;
  return known[number] ?? { name: `type 0x${number.toString(16)}`, kind: 'disk' };
}

/**
 * The file format of bbolt, etcd's storage: pages that form trees, one tree for each bucket. All
 * numbers are little-endian.
 *
 * A page begins with its id (8 bytes), its kind (2), the number of its elements (2) and the number
 * of its overflow pages (4). Then come the element headers of 16 bytes each. The keys, each
 * followed by its value, are anywhere after the headers.
 */

export const pageBytes = 4_096;
export const pageHeaderBytes = 16;
export const elementHeadBytes = 16;

/** The kinds of pages. */
export const PageKind = { branch: 0x01, leaf: 0x02, meta: 0x04, freelist: 0x10 } as const;

/** Marks an element of a leaf whose value is a bucket. */
export const bucketFlag = 0x01;

/**
 * Header of a bucket's value: the id of its root page (0: the page follows inline), and a sequence
 * that etcd does not use.
 */
export const bucketHeaderBytes = 16;

/**
 * The fields of a meta page, after the page header. The file begins with two meta pages; the one
 * with the later transaction is valid.
 */
export const meta = {
  magic: 0xed0c_daed,
  version: 2,
  /** Offsets. */
  magicAt: 0,
  versionAt: 4,
  pageBytesAt: 8,
  flagsAt: 12,
  rootAt: 16,
  sequenceAt: 24,
  freelistAt: 32,
  /** The id of the last page plus one. */
  pageCountAt: 40,
  transactionAt: 48,
  /** FNV-1a, 64 bits, of everything before it. */
  checksumAt: 56,
  bytes: 64,
} as const;

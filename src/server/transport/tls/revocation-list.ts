/** DER tags in a certificate revocation list (RFC 5280, 5.1). */
const Tag = { integer: 0x02, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30 } as const;

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/**
 * Reads the serial numbers of a revocation list in DER or PEM, in the hexadecimal form that Node
 * uses. As in etcd, the signature and the expiry of the list are not checked: users who can write
 * the file is trusted. This is not done with @peculiar/asn1-x509, which reads a list without the
 * field nextUpdate as empty.
 *
 * @throws Error when it is not a revocation list
 */
export function revokedSerialNumbers(list: Buffer): ReadonlySet<string> {
  const serials = new Set<string>();
  for (const entry of revokedEntries(derOf(list))) {
    const [serial] = elementsOf(entry.content);
    if (entry.tag !== Tag.sequence || serial?.tag !== Tag.integer) throw new Error('an entry is invalid');
    serials.add(serialNumberText(serial.content.toString('hex')));
  }
  return serials;
}

/** A serial number without leading zeros, so that equal numbers have equal texts. */
export function serialNumberText(hexadecimal: string): string {
  return hexadecimal.toLowerCase().replace(/^0+(?=.)/, '');
}

/**
 * The entries of a list. Version, algorithm and issuer come before thisUpdate. The entries, if
 * there are any, come after thisUpdate and nextUpdate.
 */
function revokedEntries(der: Buffer): readonly Element[] {
  const [list] = elementsOf(der);
  const [toBeSigned] = list?.tag === Tag.sequence ? elementsOf(list.content) : [];
  const parts = toBeSigned?.tag === Tag.sequence ? elementsOf(toBeSigned.content) : [];
  const firstTime = parts.findIndex(isTime);
  if (firstTime < 0) throw new Error('thisUpdate is missing');
  const entries = parts.slice(firstTime).find((part) => !isTime(part));
  return entries?.tag === Tag.sequence ? elementsOf(entries.content) : [];
}

const isTime = ({ tag }: Element): boolean => tag === Tag.utcTime || tag === Tag.generalizedTime;

/** The consecutive elements of a DER sequence. */
function elementsOf(der: Buffer): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < der.length) {
    const first = der[at + 1];
    if (first === undefined) throw new Error('it is cut off');
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthBytes;
    if (first === 0x80 || lengthBytes > 4 || start > der.length) throw new Error('a length is invalid');
    const end = start + (first < 0x80 ? first : der.readUIntBE(at + 2, lengthBytes));
    if (end > der.length) throw new Error('it is cut off');
    elements.push({ tag: der[at] ?? 0, content: der.subarray(start, end) });
    at = end;
  }
  return elements;
}

function derOf(list: Buffer): Buffer {
  const [, base64] = /-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----/.exec(list.toString('latin1')) ?? [];
  return base64 === undefined ? list : Buffer.from(base64, 'base64');
}

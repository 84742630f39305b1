/** Tags of DER that a list of revoked certificates has (RFC 5280, 5.1). */
const Tag = { integer: 0x02, utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30 } as const;

interface Element {
  readonly tag: number;
  readonly content: Buffer;
}

/**
 * The serial numbers in a list of revoked certificates, in DER or PEM: hexadecimal, as node writes those of certificates. As in etcd, who signed
 * the list and until when it is good is not looked at: who may write the file is trusted. Read here: @peculiar/asn1-x509 takes a list without the
 * time of the next one for an empty list.
 *
 * @throws Error when it is none
 */
export function revokedSerialNumbers(list: Buffer): ReadonlySet<string> {
  const serials = new Set<string>();
  for (const entry of revokedEntries(derOf(list))) {
    const [serial] = elementsOf(entry.content);
    if (entry.tag !== Tag.sequence || serial?.tag !== Tag.integer) throw new Error('an entry is not understood');
    serials.add(serialNumberText(serial.content.toString('hex')));
  }
  return serials;
}

/** A serial number without the zeros before it, so that two texts of one are equal. */
export function serialNumberText(hexadecimal: string): string {
  return hexadecimal.toLowerCase().replace(/^0+(?=.)/, '');
}

/** Version, algorithm and issuer stand before the time of the list; the entries, if there are any, behind it and that of the next. */
function revokedEntries(der: Buffer): readonly Element[] {
  const [list] = elementsOf(der);
  const [toBeSigned] = list?.tag === Tag.sequence ? elementsOf(list.content) : [];
  const parts = toBeSigned?.tag === Tag.sequence ? elementsOf(toBeSigned.content) : [];
  const firstTime = parts.findIndex(isTime);
  if (firstTime < 0) throw new Error('it has no time');
  const entries = parts.slice(firstTime).find((part) => !isTime(part));
  return entries?.tag === Tag.sequence ? elementsOf(entries.content) : [];
}

const isTime = ({ tag }: Element): boolean => tag === Tag.utcTime || tag === Tag.generalizedTime;

/** What stands one after the other in DER. */
function elementsOf(der: Buffer): readonly Element[] {
  const elements: Element[] = [];
  let at = 0;
  while (at < der.length) {
    const first = der[at + 1];
    if (first === undefined) throw new Error('it ends too soon');
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + lengthBytes;
    if (first === 0x80 || lengthBytes > 4 || start > der.length) throw new Error('a length is not understood');
    const end = start + (first < 0x80 ? first : der.readUIntBE(at + 2, lengthBytes));
    if (end > der.length) throw new Error('it ends too soon');
    elements.push({ tag: der[at] ?? 0, content: der.subarray(start, end) });
    at = end;
  }
  return elements;
}

function derOf(list: Buffer): Buffer {
  const [, base64] = /-----BEGIN X509 CRL-----([^-]*)-----END X509 CRL-----/.exec(list.toString('latin1')) ?? [];
  return base64 === undefined ? list : Buffer.from(base64, 'base64');
}

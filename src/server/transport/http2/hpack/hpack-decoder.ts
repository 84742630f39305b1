import type { HeaderField } from '../../http/header-field.ts';
import { ConnectionError, defaultHeaderTableBytes, ErrorCode } from '../protocol.ts';
import { staticTable } from './hpack-static-table.ts';
import { huffmanDecode } from './huffman.ts';

/** Bytes that HPACK counts for each field besides its text. */
const fieldOverheadBytes = 32;
/**
 * The longest block that is cached. A call whose fields are all in the tables takes about 8 bytes.
 */
const rememberedBlockBytesMax = 32;
/** Clients call a few dozen methods, each with one block. */
const rememberedBlocksMax = 256;

export interface DecodedFields {
  readonly fields: readonly HeaderField[];
  /** As HPACK counts them. */
  readonly listBytes: number;
  /** Whether a name or a value has characters that HTTP/2 forbids. */
  readonly isMalformed: boolean;
  /**
   * The content-length of a request whose fields were checked. An equal block is not checked again.
   */
  contentLength: number | undefined;
}

/**
 * The characters of a field name, and what a value must not contain (RFC 9113, 8.2.1). Each check
 * is one pass. White space at the ends of a value is accepted, against the RFC, because grpc-go
 * accepts it: a client that works with etcd may send it.
 */
const fieldName = /^:?[!#$%&'*+\-.^_`|~0-9a-z]+$/;
const forbiddenInValue = /[\0\r\n]/;

/** Decodes the header blocks of one connection (RFC 7541). Any error ends the connection. */
export class HpackDecoder {
  readonly #listBytesMax: number;
  /** Newest first. */
  #dynamic: HeaderField[] = [];
  #dynamicBytes = 0;
  #tableBytesMax = defaultHeaderTableBytes;
  /**
   * Cache of decoded blocks by their bytes, valid until the table changes. Most calls of a client
   * have equal blocks.
   */
  readonly #remembered = new Map<string, DecodedFields>();
  /**
   * Fields with forbidden characters; absent until there is one. A field is checked when its text
   * arrives, not each time it is taken from the table.
   */
  #malformed: WeakSet<HeaderField> | undefined;
  #block: Buffer = Buffer.alloc(0);
  #position = 0;

  /** `listBytesMax`: limit for the fields of a block, as HPACK counts them. */
  constructor({ listBytesMax }: { readonly listBytesMax: number }) {
    this.#listBytesMax = listBytesMax;
  }

  /** The fields of a whole block, in order. Equal blocks may return the same array. */
  decode(block: Buffer): DecodedFields {
    if (block.length > rememberedBlockBytesMax) return this.#decode(block).decoded;
    const key = block.toString('latin1');
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined) return remembered;
    const { decoded, changedTable } = this.#decode(block);
    if (!changedTable && this.#remembered.size < rememberedBlocksMax) this.#remembered.set(key, decoded);
    return decoded;
  }

  #decode(block: Buffer): { decoded: DecodedFields; changedTable: boolean } {
    this.#block = block;
    this.#position = 0;
    const fields: HeaderField[] = [];
    let listBytes = 0;
    let changedTable = false;
    let isMalformed = false;
    while (this.#position < block.length) {
      const first = block[this.#position] ?? 0;
      if ((first & 0xe0) === 0x20) {
        if (fields.length > 0) throw compressionError('a table size update within a block');
        this.#resize(this.#integer(5));
        changedTable = true;
        continue;
      }
      const field = this.#field(first);
      if ((first & 0xc0) === 0x40) {
        this.#remember(field);
        changedTable = true;
      }
      isMalformed ||= this.#malformed?.has(field) === true;
      listBytes += sizeOf(field);
      if (listBytes > this.#listBytesMax) throw new ConnectionError(ErrorCode.enhanceYourCalm, 'too many headers');
      fields.push(field);
    }
    if (changedTable) this.#remembered.clear();
    return { decoded: { fields, listBytes, isMalformed, contentLength: undefined }, changedTable };
  }

  #field(first: number): HeaderField {
    if ((first & 0x80) !== 0) return this.#entry(this.#integer(7));
    // A literal field: added to the table, not added, or never added. The last two differ only for
    // proxies.
    const nameIndex = this.#integer((first & 0x40) !== 0 ? 6 : 4);
    const name = nameIndex === 0 ? this.#string() : this.#entry(nameIndex)[0];
    const field: HeaderField = [name, this.#string()];
    if (!fieldName.test(name) || forbiddenInValue.test(field[1])) {
      this.#malformed ??= new WeakSet();
      this.#malformed.add(field);
    }
    return field;
  }

  #entry(index: number): HeaderField {
    const field = index <= staticTable.length ? staticTable[index - 1] : this.#dynamic[index - staticTable.length - 1];
    if (field === undefined) throw compressionError('an index out of range');
    return field;
  }

  #remember(field: HeaderField): void {
    const size = sizeOf(field);
    this.#evict(this.#tableBytesMax - size);
    if (size > this.#tableBytesMax) return;
    this.#dynamic.unshift(field);
    this.#dynamicBytes += size;
  }

  #resize(bytes: number): void {
    if (bytes > defaultHeaderTableBytes) throw compressionError('a table larger than allowed');
    this.#tableBytesMax = bytes;
    this.#evict(bytes);
  }

  #evict(bytesMax: number): void {
    while (this.#dynamicBytes > bytesMax) {
      const oldest = this.#dynamic.pop();
      if (oldest === undefined) return;
      this.#dynamicBytes -= sizeOf(oldest);
    }
  }

  /** A number in the lower bits of the next byte. A larger number continues in further bytes. */
  #integer(prefixBits: number): number {
    const mask = 2 ** prefixBits - 1;
    let value = this.#byte() & mask;
    if (value < mask) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw compressionError('a number out of range');
  }

  #string(): string {
    const isHuffman = ((this.#block[this.#position] ?? 0) & 0x80) !== 0;
    const length = this.#integer(7);
    const end = this.#position + length;
    if (end > this.#block.length) throw compressionError('a string is cut off');
    const start = this.#position;
    this.#position = end;
    if (!isHuffman) return this.#block.toString('latin1', start, end);
    const text = huffmanDecode(this.#block.subarray(start, end));
    if (text === undefined) throw compressionError('a string is not Huffman-coded');
    return text;
  }

  #byte(): number {
    const byte = this.#block[this.#position];
    if (byte === undefined) throw compressionError('a header block is cut off');
    this.#position += 1;
    return byte;
  }
}

function sizeOf([name, value]: HeaderField): number {
  return name.length + value.length + fieldOverheadBytes;
}

function compressionError(message: string): ConnectionError {
  return new ConnectionError(ErrorCode.compressionError, message);
}

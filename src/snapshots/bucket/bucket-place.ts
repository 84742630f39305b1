/** Snapshots in a folder of a bucket. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import type { BucketStorage, SnapshotBucket } from '../../config/config.ts';
import { byTime, type KnownSnapshot, type RequestOptions, type SnapshotPlace } from '../known-snapshot.ts';
import { SnapshotError } from '../snapshot-error.ts';
import { type NameStart, parseSnapshotName, snapshotNameStart } from '../snapshot-name.ts';
import { sumBytes, verifyFile } from '../verify-file.ts';
import { PartSums } from './part-sums.ts';
import { storageClient } from './storage-client.ts';
import { storageError } from './storage-error.ts';

/** Parts under way at a time. With one that is filled, this many times 8 MiB are in memory. */
const partsUnderWayMax = 2;
const partBytesMin = 8 * 1024 * 1024;
const readBytes = 1024 * 1024;
/** S3 allows 10,000 parts. */
const partCountMax = 9_000;
/** How long the deletion of the parts of a failed upload may take. The next snapshot retries. */
const cleanUpMsMax = 10_000;
/** Pages of a list, of up to 1,000 names each. */
const listPagesMax = 100;

/** The requests after which there is an object. */
const lastCommands: ReadonlySet<string> = new Set(['PutObjectCommand', 'CompleteMultipartUploadCommand']);

export interface UploadOptions {
  /** Runs before the upload becomes an object, and throws if it must not become one. */
  readonly confirm: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Runs the first read of the file, which reports its progress. */
  readonly reading?: <Result>(read: (progress: () => void) => Promise<Result>) => Promise<Result>;
}

const readAtOnce: NonNullable<UploadOptions['reading']> = (read) => read(() => {});

export class BucketPlace implements SnapshotPlace {
  readonly kind = 's3';
  readonly name: string;
  readonly #bucket: Pick<SnapshotBucket, 'name' | 'folder'>;
  readonly #storage: BucketStorage;
  #opened: S3Client | undefined;

  constructor(bucket: Pick<SnapshotBucket, 'name' | 'folder'>, storage: BucketStorage) {
    this.name = `s3://${bucket.name}${bucket.folder === '' ? '' : `/${bucket.folder}`}`;
    this.#bucket = bucket;
    this.#storage = storage;
  }

  get #client(): S3Client {
    this.#opened ??= storageClient(this.#storage);
    return this.#opened;
  }

  async list({ signal }: RequestOptions = {}): Promise<readonly KnownSnapshot[]> {
    return this.#explained(async () => {
      const found: KnownSnapshot[] = [];
      let token: string | undefined;
      for (let page = 0; page < listPagesMax; page += 1) {
        const answer = await this.#client.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket.name,
            Prefix: this.#key(''),
            Delimiter: '/',
            ContinuationToken: token,
          }),
          aborting(signal),
        );
        for (const { Key, Size } of answer.Contents ?? []) {
          const name = (Key ?? '').slice(this.#key('').length);
          const parsed = parseSnapshotName(name);
          const location = `s3://${this.#bucket.name}/${Key}`;
          if (parsed !== undefined) found.push({ ...parsed, name, bytes: Size ?? 0, place: this.kind, location });
        }
        token = answer.NextContinuationToken;
        if (token === undefined) return found.sort(byTime);
      }
      throw new SnapshotError(`${this.name}: more than ${listPagesMax}000 objects; give tine a separate folder`, {
        isLasting: true,
      });
    });
  }

  async remove({ name }: Pick<KnownSnapshot, 'name'>, { signal }: RequestOptions = {}): Promise<void> {
    await this.#explained(() =>
      this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket.name, Key: this.#key(name) }), aborting(signal)),
    );
  }

  /**
   * Ends unfinished uploads that began some time ago, and that a crash has left. Storage keeps and
   * charges their parts, although no list of objects shows them.
   */
  async removeParts(start: NameStart, { idleMs, signal }: RequestOptions & { readonly idleMs: number }): Promise<void> {
    await this.#explained(() => this.#abortUploads(this.#key(snapshotNameStart(start)), { idleMs, signal }));
  }

  /**
   * Uploads a snapshot file, and compares size and checksum of the object with the file.
   *
   * @throws SnapshotError; StartError if the file is damaged; what `confirm` throws.
   */
  async upload(path: string, { confirm, signal, reading = readAtOnce }: UploadOptions): Promise<KnownSnapshot> {
    const name = basename(path);
    const parsed = parseSnapshotName(name);
    if (parsed === undefined) throw new SnapshotError(`${path}: not the name of a snapshot`, { isLasting: true });
    return this.#explained(async () => {
      const { partBytes, bytes, sum, sums } = await reading((progress) => measured(path, progress));
      const key = this.#key(name);
      try {
        await this.#send({ path, key, partBytes, confirm, signal });
        await this.#compare(key, { bytes, sum, sums }, signal);
      } catch (error) {
        // A damaged object must not look whole. The client may still be sending a part.
        await this.#abortUploads(key, { idleMs: 0, signal: AbortSignal.timeout(cleanUpMsMax) }).catch(() => {});
        if (error instanceof DamagedObject) await this.remove({ name }).catch(() => {});
        throw error;
      }
      return { ...parsed, name, bytes, place: this.kind, location: `s3://${this.#bucket.name}/${key}` };
    });
  }

  /** The bytes of an object from a position on, if it is still the same object. */
  async read(
    name: string,
    {
      fromByte,
      tag,
      signal,
    }: { readonly fromByte: number; readonly tag?: string | undefined; readonly signal: AbortSignal },
  ): Promise<{ readonly chunks: AsyncIterable<Uint8Array>; readonly bytes: number; readonly tag: string | undefined }> {
    return this.#explained(async () => {
      const { Body, ContentLength, ETag } = await this.#client.send(
        new GetObjectCommand({
          Bucket: this.#bucket.name,
          Key: this.#key(name),
          ...(fromByte > 0 && { Range: `bytes=${fromByte}-` }),
          ...(tag !== undefined && { IfMatch: tag }),
        }),
        { abortSignal: signal },
      );
      if (Body === undefined) throw new SnapshotError(`${this.name}: ${name} has no content`, { isLasting: true });
      return { chunks: Body as AsyncIterable<Uint8Array>, bytes: fromByte + (ContentLength ?? 0), tag: ETag };
    });
  }

  /** An error of the storage as one line. */
  explain(error: unknown): unknown {
    return storageError(error, { what: this.name, storage: this.#storage });
  }

  close(): void {
    this.#opened?.destroy();
    this.#opened = undefined;
  }

  #key(name: string): string {
    return this.#bucket.folder === '' ? name : `${this.#bucket.folder}/${name}`;
  }

  async #send({
    path,
    key,
    partBytes,
    confirm,
    signal,
  }: UploadOptions & { readonly path: string; readonly key: string; readonly partBytes: number }): Promise<void> {
    signal.throwIfAborted();
    // A new client for each upload, because the step that confirms is a part of the client.
    const client = storageClient(this.#storage);
    client.middlewareStack.add(
      (next, context) => async (request) => {
        if (context.commandName !== undefined && lastCommands.has(context.commandName)) await confirm();
        return next(request);
      },
      { step: 'initialize', name: 'confirmUpload' },
    );
    const body = createReadStream(path, { highWaterMark: readBytes });
    const upload = new Upload({
      client,
      params: { Bucket: this.#bucket.name, Key: key, Body: body },
      partSize: partBytes,
      queueSize: partsUnderWayMax,
    });
    const onAbort = () => void upload.abort().catch(() => {});
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      await upload.done();
    } finally {
      signal.removeEventListener('abort', onAbort);
      body.destroy();
      client.destroy();
    }
  }

  async #compare(key: string, file: Measured, signal: AbortSignal): Promise<void> {
    const head = await this.#client.send(
      new HeadObjectCommand({ Bucket: this.#bucket.name, Key: key, ChecksumMode: 'ENABLED' }),
      aborting(signal),
    );
    if (head.ContentLength !== file.bytes)
      throw new DamagedObject(
        `${this.name}: the uploaded object has ${head.ContentLength} bytes, and the file ${file.bytes}`,
      );
    const { ChecksumCRC32: reported } = head;
    const isEqual =
      reported === undefined
        ? (await this.#sumAtEnd(key, file.bytes, signal)).equals(file.sum)
        : reported === (reported.includes('-') ? file.sums.ofParts : file.sums.whole);
    if (!isEqual) throw new DamagedObject(`${this.name}: the checksum of the uploaded object differs from the file`);
  }

  /** The SHA-256 at the end of an object, for storage that reports no checksum. */
  async #sumAtEnd(key: string, bytes: number, signal: AbortSignal): Promise<Buffer> {
    const { Body } = await this.#client.send(
      new GetObjectCommand({ Bucket: this.#bucket.name, Key: key, Range: `bytes=${bytes - sumBytes}-` }),
      aborting(signal),
    );
    return Buffer.from((await Body?.transformToByteArray()) ?? []);
  }

  async #abortUploads(prefix: string, { idleMs, signal }: RequestOptions & { readonly idleMs: number }): Promise<void> {
    const { Uploads = [] } = await this.#client.send(
      new ListMultipartUploadsCommand({ Bucket: this.#bucket.name, Prefix: prefix }),
      aborting(signal),
    );
    for (const { Key, UploadId, Initiated } of Uploads) {
      const isIdle = idleMs === 0 || (Initiated?.getTime() ?? 0) <= Date.now() - idleMs;
      if (Key?.startsWith(prefix) !== true || !isIdle) continue;
      await this.#client.send(
        new AbortMultipartUploadCommand({ Bucket: this.#bucket.name, Key, UploadId }),
        aborting(signal),
      );
    }
  }

  async #explained<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.explain(error);
    }
  }
}

class DamagedObject extends SnapshotError {
  constructor(message: string) {
    super(`${message}; it was deleted, and the next try uploads it again`, { isLasting: false });
  }
}

interface Measured {
  readonly bytes: number;
  /** The SHA-256 at the end of the file. */
  readonly sum: Buffer;
  readonly sums: ReturnType<PartSums['finish']>;
}

function aborting(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

async function measured(path: string, progress: () => void): Promise<Measured & { readonly partBytes: number }> {
  const { size } = await stat(path);
  const partBytes = Math.max(partBytesMin, Math.ceil(size / partCountMax));
  const sums = new PartSums(partBytes);
  const { bytes, sum } = await verifyFile(path, (piece) => {
    sums.add(piece);
    progress();
  });
  return { partBytes, bytes, sum, sums: sums.finish() };
}

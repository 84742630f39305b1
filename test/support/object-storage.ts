import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Issued } from './certificate-authority.ts';
import { childEnvironment } from './child-environment.ts';
import { type Exit, exitOf } from './exit.ts';
import { freePort } from './free-port.ts';
import { versitygwProgram } from './paths.ts';
import { temporaryDirectory } from './temporary-directory.ts';
import { waitFor } from './wait.ts';

const accessKey = 'test-access-key';
const secretKey = 'test-secret-key';

/** A server of S3-compatible storage on 127.0.0.1, with one bucket. */
export class ObjectStorage {
  readonly bucket = 'backups';
  readonly port: number;
  readonly #directory = temporaryDirectory();
  #child: ChildProcess | undefined;
  #exit: Promise<Exit> | undefined;

  readonly #pair: Pair | undefined;

  private constructor(port: number, pair: Pair | undefined) {
    this.port = port;
    this.#pair = pair;
    mkdirSync(join(this.#directory, this.bucket));
  }

  /** Starts a server that ends with `kill`. `pair`: it serves TLS with this certificate. */
  static async start(pair?: Pair): Promise<ObjectStorage> {
    const storage = new ObjectStorage(await freePort(), pair);
    await storage.start();
    return storage;
  }

  /** Starts it again after `kill`, on the same port and folder. */
  async start(): Promise<void> {
    const address = `127.0.0.1:${this.port}`;
    const tls = this.#pair === undefined ? [] : ['--cert', this.#pair.certFile, '--key', this.#pair.keyFile];
    this.#child = spawn(versitygwProgram(), ['--port', address, ...tls, '--quiet', 'posix', this.#directory], {
      stdio: 'ignore',
      env: childEnvironment({ ROOT_ACCESS_KEY: accessKey, ROOT_SECRET_KEY: secretKey }),
    });
    this.#exit = exitOf(this.#child);
    await waitFor('object storage', () => accepts(this.port));
  }

  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#exit;
    this.#child = undefined;
  }

  /** The options of tine for this storage. */
  options({ port = this.port, bucket = this.bucket }: { port?: number; bucket?: string } = {}): string[] {
    return [
      '--snapshot-s3',
      `--snapshot-s3-endpoint=${this.#pair === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
      `--snapshot-s3-bucket=${bucket}`,
      '--snapshot-s3-folder=clusters/one',
    ];
  }

  /** The credentials, as variables. */
  readonly environment = { AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey } as const;

  /** The names of the objects in the folder. */
  objects(): readonly string[] {
    return this.#namesIn('clusters', 'one');
  }

  /**
   * Uploads in parts that have not ended, with the number of their parts. The storage has a folder
   * for each object, and in it one for each upload. If the storage is killed between the two, its
   * API does not show what is left.
   */
  unfinishedUploads(): readonly { readonly id: string; readonly partCount: number }[] {
    const uploads = ['.sgwtmp', 'multipart'] as const;
    return this.#namesIn(...uploads).flatMap((object) =>
      this.#namesIn(...uploads, object).map((id) => ({ id, partCount: this.#namesIn(...uploads, object, id).length })),
    );
  }

  /** The path of an object: the storage keeps each in a file. */
  pathOf(name: string): string {
    return join(this.#directory, this.bucket, 'clusters', 'one', name);
  }

  #namesIn(...folder: readonly string[]): readonly string[] {
    try {
      return readdirSync(join(this.#directory, this.bucket, ...folder)).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
  }
}

type Pair = Pick<Issued, 'certFile' | 'keyFile'>;

function accepts(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const socket = connect(port, '127.0.0.1');
  socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  return promise.finally(() => socket.destroy());
}

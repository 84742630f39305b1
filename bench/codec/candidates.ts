import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PutRequest, RangeResponse, TxnRequest, TxnResponse } from '../../src/wire/generated/etcdserverpb/kv.ts';
import { rangeResponse, txnResponse, workload } from './workload.ts';

/** A codec: the four functions that are measured. */
export interface Candidate {
  readonly name: string;
  decodePut(): unknown;
  decodeTxn(): unknown;
  encodeTxnResponse(): Uint8Array;
  encodeRangeResponse(): Uint8Array;
}

const packages = {
  '@bufbuild/buf': '1.75.0',
  '@bufbuild/protobuf': '2.17.0',
  '@bufbuild/protoc-gen-es': '2.17.0',
  pbf: '5.1.2',
  protobufjs: '8.8.1',
  'protobufjs-cli': '2.7.1',
  'ts-proto': '2.18.0',
};

const tsProtoOptions =
  'forceLong=bigint,oneof=unions-value,importSuffix=.ts,outputJsonMethods=false,env=both,enumsAsLiterals=true,outputServices=false';
const bufTemplate = `version: v2
inputs: [{ directory: proto }]
plugins:
  - { local: protoc-gen-ts_proto, out: ts-proto, opt: [${tsProtoOptions}] }
  - { local: protoc-gen-es, out: protobuf-es, opt: [target=js, import_extension=js] }
`;

/**
 * The project's codec and the libraries' codecs. Missing libraries are installed in `directory`.
 */
export async function loadCandidates(directory: string): Promise<Candidate[]> {
  if (!existsSync(join(directory, 'done'))) prepare(directory);
  return [
    tine,
    await tsProto(directory),
    await protobufEs(directory),
    await protobufjs(directory),
    await pbf(directory),
  ];
}

function prepare(directory: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type: 'module', dependencies: packages }));
  writeFileSync(join(directory, 'buf.gen.yaml'), bufTemplate);
  writeFileSync(join(directory, 'kv.proto'), singleFileSchema());
  const bin = join(directory, 'node_modules/.bin');
  const run = (program: string, ...parameters: string[]) =>
    execFileSync(program, parameters, {
      cwd: directory,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  run('npm', 'install', '--loglevel=error');
  run('cp', '-r', join(import.meta.dirname, '../../proto'), '.');
  run('buf', 'generate');
  run('pbjs', '-t', 'static-module', '-w', 'commonjs', '--force-number', '-o', 'protobufjs.cjs', 'kv.proto');
  writeFileSync(join(directory, 'pbf.js'), run('pbf', 'kv.proto'));
  writeFileSync(join(directory, 'done'), '');
}

/** pbf does not search directories for imports. */
function singleFileSchema(): string {
  const sources = ['etcdserverpb/header', 'mvccpb/kv', 'etcdserverpb/kv'].map((name) =>
    readFileSync(join(import.meta.dirname, `../../proto/${name}.proto`), 'utf8')
      .replace(/^(syntax|package|import).*$/gm, '')
      .replaceAll('mvccpb.', ''),
  );
  return ['syntax = "proto3";', ...sources].join('\n');
}

const tine: Candidate = {
  name: 'tine',
  decodePut: () => PutRequest.decode(workload.put),
  decodeTxn: () => TxnRequest.decode(workload.txn),
  encodeTxnResponse: () => TxnResponse.encode(txnResponse),
  encodeRangeResponse: () => RangeResponse.encode(rangeResponse),
};

async function tsProto(directory: string): Promise<Candidate> {
  const kv = await load(join(directory, 'ts-proto/etcdserverpb/kv.ts'));
  const txnReply = kv.TxnResponse.decode(workload.txnResponse);
  const rangeReply = kv.RangeResponse.decode(workload.rangeResponse);
  return {
    name: 'ts-proto',
    decodePut: () => kv.PutRequest.decode(workload.put),
    decodeTxn: () => kv.TxnRequest.decode(workload.txn),
    encodeTxnResponse: () => kv.TxnResponse.encode(txnReply).finish(),
    encodeRangeResponse: () => kv.RangeResponse.encode(rangeReply).finish(),
  };
}

async function protobufEs(directory: string): Promise<Candidate> {
  const kv = await load(join(directory, 'protobuf-es/etcdserverpb/kv_pb.js'));
  const runtime = await load(createRequire(join(directory, 'x.js')).resolve('@bufbuild/protobuf'));
  const txnReply = runtime.fromBinary(kv.TxnResponseSchema, workload.txnResponse);
  const rangeReply = runtime.fromBinary(kv.RangeResponseSchema, workload.rangeResponse);
  return {
    name: 'protobuf-es',
    decodePut: () => runtime.fromBinary(kv.PutRequestSchema, workload.put),
    decodeTxn: () => runtime.fromBinary(kv.TxnRequestSchema, workload.txn),
    encodeTxnResponse: () => runtime.toBinary(kv.TxnResponseSchema, txnReply),
    encodeRangeResponse: () => runtime.toBinary(kv.RangeResponseSchema, rangeReply),
  };
}

async function protobufjs(directory: string): Promise<Candidate> {
  const kv = (await load(join(directory, 'protobufjs.cjs'))).default;
  const txnReply = numeric({ ...txnResponse, responses: [{ responsePut: { header: { revision: 1_234_567 } } }] });
  const rangeReply = numeric(rangeResponse);
  return {
    name: 'protobufjs static',
    decodePut: () => kv.PutRequest.decode(workload.put),
    decodeTxn: () => kv.TxnRequest.decode(workload.txn),
    encodeTxnResponse: () => kv.TxnResponse.encode(txnReply).finish(),
    encodeRangeResponse: () => kv.RangeResponse.encode(rangeReply).finish(),
  };
}

async function pbf(directory: string): Promise<Candidate> {
  const kv = await load(join(directory, 'pbf.js'));
  const { PbfReader, PbfWriter } = await load(join(directory, 'node_modules/pbf/index.js'));
  const txnReply = kv.readTxnResponse(new PbfReader(workload.txnResponse));
  const rangeReply = kv.readRangeResponse(new PbfReader(workload.rangeResponse));
  const written = (write: (message: unknown, writer: unknown) => void, message: unknown) => {
    const writer = new PbfWriter();
    write(message, writer);
    return writer.finish();
  };
  return {
    name: 'pbf',
    decodePut: () => kv.readPutRequest(new PbfReader(workload.put)),
    decodeTxn: () => kv.readTxnRequest(new PbfReader(workload.txn)),
    encodeTxnResponse: () => written(kv.writeTxnResponse, txnReply),
    encodeRangeResponse: () => written(kv.writeRangeResponse, rangeReply),
  };
}

/** A generated module. Its types exist only where it was generated. */
// biome-ignore lint/suspicious/noExplicitAny: see above
async function load(path: string): Promise<any> {
  return import(pathToFileURL(path).href);
}

/** A message with numbers for bigints. */
function numeric(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map(numeric);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, numeric(item)]));
}

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { loadSync, type MethodDefinition } from '@grpc/proto-loader';
import { repositoryRoot } from '../support/paths.ts';

/** The values of etcdctl's `--write-out`. */
export type Format = 'simple' | 'json' | 'fields' | 'table' | 'protobuf';

const protoDirectory = join(repositoryRoot, 'proto');
const protocol = loadSync(
  readdirSync(protoDirectory, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.proto')),
  { includeDirs: [protoDirectory], keepCase: true, longs: String, enums: String, bytes: Buffer, oneofs: true },
);

/**
 * The reply that a command prints with `--write-out=protobuf`. Other commands refuse that format,
 * or print text.
 */
const replies: Readonly<Record<string, readonly [service: string, method: string]>> = {
  put: ['KV', 'Put'],
  get: ['KV', 'Range'],
  del: ['KV', 'DeleteRange'],
  txn: ['KV', 'Txn'],
  watch: ['Watch', 'Watch'],
  lock: ['KV', 'Range'],
  elect: ['KV', 'Range'],
  'member add': ['Cluster', 'MemberAdd'],
  'member list': ['Cluster', 'MemberList'],
  'member remove': ['Cluster', 'MemberRemove'],
  'member update': ['Cluster', 'MemberUpdate'],
  'member promote': ['Cluster', 'MemberPromote'],
  'alarm list': ['Maintenance', 'Alarm'],
  'alarm disarm': ['Maintenance', 'Alarm'],
  'auth status': ['Auth', 'AuthStatus'],
  'role add': ['Auth', 'RoleAdd'],
  'role get': ['Auth', 'RoleGet'],
  'role delete': ['Auth', 'RoleDelete'],
  'role list': ['Auth', 'RoleList'],
  'role grant-permission': ['Auth', 'RoleGrantPermission'],
  'role revoke-permission': ['Auth', 'RoleRevokePermission'],
  'user add': ['Auth', 'UserAdd'],
  'user get': ['Auth', 'UserGet'],
  'user list': ['Auth', 'UserList'],
  'user delete': ['Auth', 'UserDelete'],
  'user passwd': ['Auth', 'UserChangePassword'],
  'user grant-role': ['Auth', 'UserGrantRole'],
  'user revoke-role': ['Auth', 'UserRevokeRole'],
};

/** The ids of a server in the header of every reply. */
export interface HeaderIds {
  readonly clusterId: bigint;
  readonly memberId: bigint;
}

/**
 * The output of etcdctl as text in which every byte can be seen: base64 in JSON is decoded,
 * messages become JSON.
 */
export function readable(output: Buffer, format: Format, command: readonly string[], ids: HeaderIds): string {
  switch (format) {
    case 'json':
      return visible(output).replace(
        /"(key|value|range_end|roles?|name)":"([A-Za-z0-9+/]+=*)"/g,
        (whole, field, text) => (field === 'name' || !isBase64(text) ? whole : `"${field}":"${decoded(text)}"`),
      );
    case 'table':
      // Columns are as wide as their widest cell, which may contain a named difference.
      return output.toString().replace(/ {2,}/g, ' ').replace(/─+/g, '─');
    case 'protobuf':
      return message(output, command) ?? visible(withoutIds(output, ids));
    default:
      return visible(output);
  }
}

/** Keeps line breaks; escapes other bytes that cannot be seen. */
function visible(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^\n -~]/g, escaped);
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function isBase64(text: string): boolean {
  return Buffer.from(text, 'base64').toString('base64') === text;
}

function decoded(base64: string): string {
  return Buffer.from(base64, 'base64')
    .toString('latin1')
    .replace(/[^ -~]/g, escaped);
}

function message(output: Buffer, command: readonly string[]): string | undefined {
  const [first = '', second = ''] = command;
  const reply = replies[`${first} ${second}`] ?? replies[first];
  if (reply === undefined || output.length === 0) return undefined;
  const [service, method] = reply;
  const methods = protocol[`etcdserverpb.${service}`] as Record<string, MethodDefinition<object, object>> | undefined;
  const definition = methods?.[method];
  if (definition === undefined) throw new Error(`proto/ has no ${service}.${method}`);
  try {
    return `${JSON.stringify(definition.responseDeserialize(output), printedBytes, 1)}\n`;
  } catch {
    return undefined;
  }
}

/**
 * Replaces the ids in messages among text, or in a header alone. These messages cannot be decoded,
 * but the ids that begin a header are known.
 */
function withoutIds(output: Buffer, { clusterId, memberId }: HeaderIds): Buffer {
  const ids = Buffer.concat([Buffer.of(0x08), varint(clusterId), Buffer.of(0x10), varint(memberId)]).toString('latin1');
  const [first = '', ...parts] = output.toString('latin1').split(ids);
  // The byte before the ids is the header's length, where the header is a part of a message. It
  // depends on the length of the ids.
  const shown = [first, ...parts].map((part, index) =>
    index < parts.length && part.at(-2) === '\n' ? `${part.slice(0, -2)}<header>` : part,
  );
  return Buffer.from(shown.join('<ids>'), 'latin1');
}

function varint(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

/** JSON.stringify passes a replacer the result of Buffer.toJSON, not the buffer. */
function printedBytes(_: string, value: unknown): unknown {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer && 'data' in value ? visible(Buffer.from(value.data as number[])) : value;
}

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type protobuf from 'protobufjs';
import { loadSchema } from '../../../scripts/codec/schema.ts';

// The text was printed from the descriptors compiled into etcd 3.7.3 and grpc-go, every name and
// number of them.
const etcdContract = join(import.meta.dirname, 'etcd-3.7-contract.txt');
const protoDirectory = join(import.meta.dirname, '../../../proto');

test("proto/ has etcd 3.7's names and numbers", () => {
  const lines = loadSchema(protoDirectory).flatMap((file) => [
    ...file.messages.flatMap(messageLines),
    ...file.enums.flatMap(enumLines),
    ...file.services.flatMap(serviceLines),
  ]);
  assert.deepEqual(lines.sort(), readFileSync(etcdContract, 'utf8').trimEnd().split('\n').sort());
});

function messageLines(message: protobuf.Type): string[] {
  const fields = message.fieldsArray.map((field) => {
    const type = field.map ? 'map' : (field.resolvedType?.fullName ?? field.type);
    return `field ${name(field)} ${field.id} ${type} ${field.repeated} ${field.partOf?.name ?? ''}`;
  });
  return [`message ${name(message)}`, ...fields];
}

function enumLines(declaration: protobuf.Enum): string[] {
  return Object.entries(declaration.values).map(([key, value]) => `enum ${name(declaration)} ${key} ${value}`);
}

function serviceLines(service: protobuf.Service): string[] {
  return service.methodsArray.map((method) => {
    const request = `${method.resolvedRequestType?.fullName} ${method.requestStream === true}`;
    const response = `${method.resolvedResponseType?.fullName} ${method.responseStream === true}`;
    return `rpc ${name(method)} ${request} ${response}`;
  });
}

function name(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor/index.js';
import { declaredIn, type ProtoFile } from './schema.ts';

/** The numbers of google.protobuf.FieldDescriptorProto.Type. */
const FIELD_TYPES: Readonly<Record<string, number>> = {
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  message: 11,
  bytes: 12,
  uint32: 13,
  enum: 14,
};

const LABEL_OPTIONAL = 1;
const LABEL_REPEATED = 3;

/**
 * An encoded google.protobuf.FileDescriptorProto: the schema as data, which the reflection service
 * returns.
 */
export function fileDescriptor(file: ProtoFile): Uint8Array {
  const isTop = (declaration: protobuf.ReflectionObject) => !(declaration.parent instanceof protobuf.Type);
  const { FileDescriptorProto } = descriptor;
  return FileDescriptorProto.encode(
    FileDescriptorProto.fromObject({
      name: file.path,
      package: packageOf(file),
      dependency: imports(file),
      messageType: file.messages.filter(isTop).map(messageDescriptor),
      enumType: file.enums.filter(isTop).map(enumDescriptor),
      service: file.services.map(serviceDescriptor),
      syntax: 'proto3',
    }),
  ).finish();
}

/** Paths of the files that declare the types which this file uses. */
export function imports(file: ProtoFile): string[] {
  const types = [
    ...file.messages.flatMap((message) => message.fieldsArray.map((field) => field.resolvedType)),
    ...file.services.flatMap((service) =>
      service.methodsArray.flatMap((method) => [method.resolvedRequestType, method.resolvedResponseType]),
    ),
  ];
  const paths = types.filter((type) => type !== null).map(declaredIn);
  return [...new Set(paths)].filter((path) => path !== file.path).sort();
}

function packageOf(file: ProtoFile): string {
  const [first] = [...file.messages, ...file.enums].filter(({ parent }) => !(parent instanceof protobuf.Type));
  return first?.parent?.fullName.slice(1) ?? '';
}

function messageDescriptor(message: protobuf.Type): object {
  const maps = message.fieldsArray.filter((field) => field.map);
  return {
    name: message.name,
    field: message.fieldsArray.map((field) => fieldDescriptor(field, message)),
    nestedType: [
      ...message.nestedArray.filter((nested) => nested instanceof protobuf.Type).map(messageDescriptor),
      ...maps.map(mapEntryDescriptor),
    ],
    enumType: message.nestedArray.filter((nested) => nested instanceof protobuf.Enum).map(enumDescriptor),
    oneofDecl: message.oneofsArray.map(({ name }) => ({ name })),
  };
}

function fieldDescriptor(field: protobuf.Field, message: protobuf.Type): object {
  const common = { name: field.name, number: field.id };
  if (field.map) {
    const typeName = `${message.fullName}.${mapEntryName(field)}`;
    return { ...common, label: LABEL_REPEATED, type: FIELD_TYPES.message, typeName };
  }
  return {
    ...common,
    label: field.repeated ? LABEL_REPEATED : LABEL_OPTIONAL,
    ...typeOf(field),
    ...(field.partOf ? { oneofIndex: message.oneofsArray.indexOf(field.partOf) } : {}),
    ...(field.options?.jstype === 'JS_STRING' ? { options: { jstype: 1 } } : {}),
  };
}

function typeOf(field: protobuf.Field): object {
  if (field.resolvedType === null) return { type: FIELD_TYPES[field.type] };
  const type = field.resolvedType instanceof protobuf.Enum ? FIELD_TYPES.enum : FIELD_TYPES.message;
  return { type, typeName: field.resolvedType.fullName };
}

/** A map is a list of messages with a key and a value, marked as entries. */
function mapEntryDescriptor(field: protobuf.Field): object {
  const common = { label: LABEL_OPTIONAL };
  return {
    name: mapEntryName(field),
    field: [
      { ...common, name: 'key', number: 1, type: FIELD_TYPES.string },
      { ...common, name: 'value', number: 2, ...typeOf(field) },
    ],
    options: { mapEntry: true },
  };
}

function mapEntryName(field: protobuf.Field): string {
  return `${field.name.charAt(0).toUpperCase()}${field.name.slice(1)}Entry`;
}

function enumDescriptor(declaration: protobuf.Enum): object {
  const value = Object.entries(declaration.values).map(([name, number]) => ({ name, number }));
  return { name: declaration.name, value };
}

function serviceDescriptor(service: protobuf.Service): object {
  const method = service.methodsArray.map((each) => ({
    name: each.name,
    inputType: each.resolvedRequestType?.fullName,
    outputType: each.resolvedResponseType?.fullName,
    clientStreaming: each.requestStream === true,
    serverStreaming: each.responseStream === true,
  }));
  return { name: service.name, method };
}

import { dirname, relative } from 'node:path/posix';
import protobuf from 'protobufjs';
import { docComment } from './doc-comment.ts';
import { messageSource } from './message-source.ts';
import { enumName, methodName } from './names.ts';
import { declaredIn, type ProtoFile } from './schema.ts';

/** The TypeScript module for a .proto file. */
export function fileSource(file: ProtoFile): string {
  const body = [
    ...file.enums.map(enumSource),
    ...file.messages.map(messageSource),
    ...file.services.map(serviceSource),
  ].join('\n');
  const header = `// Generated from proto/${file.path} by \`npm run generate\`.\n`;
  return `${header}${imports(file, body)}\n${emptyConstant(body)}${body}`;
}

function emptyConstant(body: string): string {
  return body.includes('EMPTY') ? 'const EMPTY: Uint8Array = Buffer.alloc(0);\n\n' : '';
}

function enumSource(declaration: protobuf.Enum): string {
  const name = enumName(declaration);
  const values = Object.entries(declaration.values).map(([key, number]) => `  ${key}: ${number},\n`);
  return `${docComment(declaration.comment)}export const ${name} = {
${values.join('')}} as const;

export type ${name} = (typeof ${name})[keyof typeof ${name}];
`;
}

function serviceSource(service: protobuf.Service): string {
  const name = service.fullName.slice(1);
  const methods = service.methodsArray.map(
    (method) => `${docComment(method.comment, '    ')}    ${methodName(method.name)}: {
      name: '${method.name}',
      path: '/${name}/${method.name}',
      request: ${method.resolvedRequestType?.name},
      response: ${method.resolvedResponseType?.name},
      requestStream: ${method.requestStream === true},
      responseStream: ${method.responseStream === true},
    },
`,
  );
  return `${docComment(service.comment)}export const ${service.name} = {
  name: '${name}',
  methods: {
${methods.join('')}  },
} as const satisfies ServiceContract;
`;
}

/** Imports of what the body uses: the modules of src/wire, and messages of other files. */
function imports(file: ProtoFile, body: string): string {
  const toWire = relative(dirname(file.path), '..') || '..';
  const uses = (name: string) => new RegExp(`\\b${name}\\b`).test(body);
  const from = (names: string[], path: string) => {
    const used = names.filter(uses);
    return used.length === 0 ? '' : `import { ${used.map((name) => name).join(', ')} } from '${path}';\n`;
  };
  const foreign = new Map<string, Set<string>>();
  for (const type of file.messages.flatMap(fieldTypes)) {
    const path = declaredIn(type);
    if (path === file.path) continue;
    const names = foreign.get(path) ?? new Set();
    foreign.set(path, names.add(type.name));
  }
  return [
    uses('MessageCodec') ? `import type { MessageCodec } from '${toWire}/message-codec.ts';\n` : '',
    from(['Reader'], `${toWire}/reader.ts`),
    uses('ServiceContract') ? `import type { ServiceContract } from '${toWire}/service.ts';\n` : '',
    from(['sizeBigint', 'sizeBytes', 'sizeLength', 'sizeNumber', 'sizeString', 'sizeUint32'], `${toWire}/size.ts`),
    from(['Writer'], `${toWire}/writer.ts`),
    ...[...foreign].map(([path, names]) => {
      const relativePath = relative(dirname(file.path), path.replace(/\.proto$/, '.ts'));
      return from([...names].sort(), relativePath.startsWith('.') ? relativePath : `./${relativePath}`);
    }),
  ].join('');
}

function fieldTypes(message: protobuf.Type): protobuf.Type[] {
  return message.fieldsArray.map((field) => field.resolvedType).filter((type) => type instanceof protobuf.Type);
}

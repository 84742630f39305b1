import type protobuf from 'protobufjs';
import { fileDescriptor, imports } from './file-descriptor.ts';
import type { ProtoFile } from './schema.ts';

/** The TypeScript module with the schema as data. */
export function descriptorsSource(files: readonly ProtoFile[]): string {
  return `// Generated from proto/ by \`npm run generate\`.
import type { FileDescriptor } from '../file-descriptor.ts';

/** Every file of proto/. */
export const fileDescriptors: readonly FileDescriptor[] = [
${files.map(entry).join('')}];
`;
}

function entry(file: ProtoFile): string {
  return `  {
    path: '${file.path}',
    imports: ${list(imports(file))},
    services: ${list(file.services.map(fullName))},
    symbols: ${list(symbols(file))},
    base64:
      '${Buffer.from(fileDescriptor(file)).toString('base64')}',
  },
`;
}

/** Full names of the declarations of the file and of its methods. */
function symbols(file: ProtoFile): string[] {
  const methods = file.services.flatMap((service: protobuf.Service) => service.methodsArray);
  return [...file.messages, ...file.enums, ...file.services, ...methods].map(fullName);
}

function fullName(object: protobuf.ReflectionObject): string {
  return object.fullName.slice(1);
}

function list(items: readonly string[]): string {
  return `[${items.map((item) => `'${item}'`).join(', ')}]`;
}

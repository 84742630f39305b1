import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';

/** One .proto file: what it declares, in its order. */
export interface ProtoFile {
  /** Relative to the proto directory, for example `mvccpb/kv.proto`. */
  readonly path: string;
  readonly messages: readonly protobuf.Type[];
  readonly enums: readonly protobuf.Enum[];
  readonly services: readonly protobuf.Service[];
}

/** The .proto files under `directory`, with their references to each other resolved. */
export function loadSchema(directory: string): ProtoFile[] {
  const paths = readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.proto'))
    .sort();
  const root = new protobuf.Root();
  root.resolvePath = (_origin, path) => path;
  for (const path of paths) {
    const source = readFileSync(join(directory, path), 'utf8');
    // The parser sets each declaration's file name from this, which `declaredIn` reads.
    Object.assign(protobuf.parse, { filename: path });
    protobuf.parse(source, root, { keepCase: true, alternateCommentMode: true });
  }
  root.resolveAll();
  const all = declarations(root);
  return paths.map((path) => {
    const mine = all.filter((declaration) => declaredIn(declaration) === path);
    return {
      path,
      messages: mine.filter((declaration) => declaration instanceof protobuf.Type),
      enums: mine.filter((declaration) => declaration instanceof protobuf.Enum),
      services: mine.filter((declaration) => declaration instanceof protobuf.Service),
    };
  });
}

/** The path of the .proto file that a message, an enum or a service is declared in. */
export function declaredIn(declaration: protobuf.ReflectionObject): string {
  for (let object: protobuf.ReflectionObject | null = declaration; object !== null; object = object.parent) {
    if (object.filename !== null) return object.filename;
  }
  throw new Error(`${declaration.fullName} has no file`);
}

/**
 * The declarations of a namespace (a package, or a message with its own declarations) and of the
 * namespaces within it.
 */
function declarations(namespace: protobuf.NamespaceBase): protobuf.ReflectionObject[] {
  return namespace.nestedArray.flatMap((object) => {
    if (object instanceof protobuf.Type || object instanceof protobuf.Service) return [object, ...declarations(object)];
    return object instanceof protobuf.Namespace ? declarations(object) : [object];
  });
}

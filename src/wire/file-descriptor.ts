/** A file of the schema as data, for the reflection service. */
export interface FileDescriptor {
  /** For example `mvccpb/kv.proto`. */
  readonly path: string;
  /** Paths of the imported files. */
  readonly imports: readonly string[];
  /** Full names of its services. */
  readonly services: readonly string[];
  /** Full names of its messages, enums, services and methods. */
  readonly symbols: readonly string[];
  /** The encoded google.protobuf.FileDescriptorProto. */
  readonly base64: string;
}

/** A message of a `generated.proto` of Kubernetes. */
export interface ProtoMessage {
  readonly name: string;
  readonly fields: readonly ProtoField[];
}

export interface ProtoField {
  readonly number: number;
  readonly name: string;
  readonly cardinality: 'one' | 'list' | 'map';
  /** A scalar, a message of the same package, or a whole name such as `k8s.io.api.core.v1.Pod`. */
  readonly type: string;
}

export interface ProtoFile {
  /** Such as `k8s.io.api.apps.v1`. */
  readonly package: string;
  readonly messages: readonly ProtoMessage[];
}

const declaration =
  /^message (?<message>\w+) \{|^ {2}(?:(?<label>optional|repeated) |map<string, (?<values>[\w.]+)> )(?:(?<type>[\w.]+) )?(?<name>\w+) = (?<number>\d+)/;

/** Reads the messages. go-to-protobuf writes one declaration a line, and nothing is nested. */
export function protoMessages(text: string): ProtoFile {
  const messages: { readonly name: string; readonly fields: ProtoField[] }[] = [];
  for (const line of text.split('\n')) {
    const found = declaration.exec(line)?.groups;
    if (found === undefined) continue;
    const { message, label, values, type, name = '', number } = found;
    if (message !== undefined) messages.push({ name: message, fields: [] });
    else
      messages.at(-1)?.fields.push({
        number: Number(number),
        name,
        cardinality: values !== undefined ? 'map' : label === 'repeated' ? 'list' : 'one',
        type: (values ?? type ?? '').replace(/^\./, ''),
      });
  }
  return { package: /^package ([\w.]+);/m.exec(text)?.[1] ?? '', messages };
}
